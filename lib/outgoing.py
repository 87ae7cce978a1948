"""Sends something to an address that a person gave, and to nowhere else.

The address a name stands for is checked as the connection is made: what was checked is what is
connected to, whatever the name stands for a moment later. Private, local and reserved addresses
are refused but for those that `OUTGOING_ALLOWED` names; redirects are not followed, proxies of the
environment are not used, and time and size are capped.
"""

import http.client
import ipaddress
import re
import socket
import ssl
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as TooSlow
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from time import monotonic
from typing import Any
from urllib.parse import SplitResult, urlsplit

SECONDS = 10.0  # for everything: the name, the connection, the answer
MOST_BYTES = 65_536  # of the answer, its headers counted
EXCERPT = 1_000  # characters of it that are kept
PORTS = {"http": 80, "https": 443}
HOST = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*")
NUMERIC = re.compile(r"(0x[0-9a-f]*|[0-9]+)")  # the last label of an odd spelling of an address
# Beside what the standard library knows in every version: protocol assignments, 6to4 relays.
RESERVED_V4 = [ipaddress.IPv4Network(each) for each in ("192.0.0.0/24", "192.88.99.0/24")]
PUBLIC_V6 = ipaddress.IPv6Network("2000::/3")
NAT64 = ipaddress.IPv6Network("64:ff9b::/96")

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Place = tuple[socket.AddressFamily, Any]  # a family and an address of its own kind


class Forbidden(Exception):  # noqa: N818 - a refusal of ours, not a fault
    """This address is not to be connected to, now or later."""


class Unreachable(Exception):  # noqa: N818
    """No answer came; it may come another time."""


@dataclass(frozen=True)
class Answer:
    """The HTTP status, how many seconds it asks to wait, if it does, and how it begins."""

    status: int
    retry_after: int | None
    excerpt: str


def post(
    url: str,
    body: bytes,
    headers: Mapping[str, str],
    *,
    allowed: Sequence[str] = (),
    seconds: float = SECONDS,
) -> Answer:
    """POST to a URL; `allowed` are hosts and networks that may be reached though not public.

    Raises Forbidden for an address that is none of the world's, Unreachable when no answer came
    in time or what came was none.
    """
    deadline = monotonic() + seconds
    parts = checked_url(url)
    connection = _Connection(parts, _Allowed(allowed), deadline)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        connection.request("POST", target, body, dict(headers))
        answer = connection.getresponse()
        return Answer(answer.status, _seconds_to_wait(answer), _beginning(answer))
    except TimeoutError as slow:
        raise Unreachable(f"No answer within {seconds:g} seconds.") from slow
    except (OSError, http.client.HTTPException) as failed:
        raise Unreachable(_said(failed)) from failed
    finally:
        connection.close()


def check(url: str, allowed: Sequence[str] = ()) -> None:
    """Raise Forbidden for what is known to be refused without asking what its name stands for."""
    host = checked_url(url).hostname or ""
    with suppress(ValueError):
        _Allowed(allowed).refuse(host, ipaddress.ip_address(host))


def checked_url(url: str) -> SplitResult:
    """The parts of a URL that may be sent to as far as its spelling goes. Raises Forbidden."""
    if any(ord(char) <= 32 or ord(char) == 127 for char in url) or "\\" in url:
        raise Forbidden("A URL has no spaces and no backslashes.")
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
        if not url.isascii():
            raise Forbidden("Write the URL in plain letters (xn--… for names, %… for paths).")
    except ValueError as wrong:
        raise Forbidden("This is no URL.") from wrong
    if parts.scheme not in PORTS:
        raise Forbidden("A URL begins with https:// or http://.")
    if "@" in parts.netloc:
        raise Forbidden("A URL must not hold a user or password.")
    if port == 0:
        raise Forbidden("There is no port 0.")
    if not _is_plain_host(host):
        raise Forbidden("Write the host as a name or a plain address.")
    return parts


def _is_plain_host(host: str) -> bool:
    """Whether it is a name, four numbers or an IPv6 address, spelt as everybody reads it."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        last = host.rsplit(".", 1)[-1]
        return bool(HOST.fullmatch(host)) and len(host) <= 253 and not NUMERIC.fullmatch(last)
    return getattr(address, "scope_id", None) is None


def is_public(address: Address) -> bool:
    """Whether it is an address of the world at large, and stands for no other kind of address."""
    if isinstance(address, ipaddress.IPv4Address):
        other = address.is_multicast or any(address in each for each in RESERVED_V4)
        return address.is_global and not other
    if address in NAT64:
        return is_public(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
    if address.sixtofour is not None:
        return False
    return address in PUBLIC_V6 and address.is_global and address.teredo is None


class _Allowed:
    """What may be reached though it is not public: hosts by name, addresses by network."""

    def __init__(self, names: Sequence[str]) -> None:
        self.hosts: set[str] = set()
        self.networks: list[ipaddress.IPv4Network | ipaddress.IPv6Network] = []
        for name in filter(None, (each.strip().lower() for each in names)):
            try:
                self.networks.append(ipaddress.ip_network(name))
            except ValueError:
                self.hosts.add(name)

    def refuse(self, host: str, address: Address) -> None:
        """Raise Forbidden for an address that may not be connected to under this name."""
        named = host in self.hosts or any(address in network for network in self.networks)
        if not (named or is_public(address)):
            raise Forbidden(f"{host} stands for {address}, which is no public address.")


class _InTime:
    """A socket whose every step has only what is left of the time, and that reads only so much."""

    deadline: float
    left: int

    def recv_into(self, *args: Any, **kwargs: Any) -> int:
        self._hurry()
        count: int = super().recv_into(*args, **kwargs)  # type: ignore[misc]
        self.left -= count
        if self.left < 0:
            raise OSError(f"It answers with more than {MOST_BYTES // 1024} kB.")
        return count

    def sendall(self, *args: Any, **kwargs: Any) -> None:
        self._hurry()
        super().sendall(*args, **kwargs)  # type: ignore[misc]

    def _hurry(self) -> None:
        time_left = self.deadline - monotonic()
        if time_left <= 0:
            raise TimeoutError
        self.settimeout(time_left)  # type: ignore[attr-defined]


class _Socket(_InTime, socket.socket):
    pass


class _SecureSocket(_InTime, ssl.SSLSocket):
    pass


class _Connection(http.client.HTTPConnection):
    """Connects to the very address that was checked; TLS is verified against the name."""

    def __init__(self, parts: SplitResult, allowed: _Allowed, deadline: float) -> None:
        host, self.secure = parts.hostname or "", parts.scheme == "https"
        super().__init__(host, parts.port or PORTS[parts.scheme])
        self.default_port = PORTS[parts.scheme]  # which the Host header leaves out
        self.allowed, self.deadline = allowed, deadline

    def connect(self) -> None:
        failed: OSError = OSError("The name stands for no address.")
        for place in self._places():
            try:
                self.sock = self._connected(place)
                return
            except TimeoutError:
                raise
            except OSError as error:
                failed = error
        raise failed

    def _places(self) -> list[Place]:
        """Where the name leads, each checked: one that is forbidden forbids the name."""
        places = _looked_up(self.host, self.port, self._time_left())
        for _, where in places:
            self.allowed.refuse(self.host, ipaddress.ip_address(where[0].partition("%")[0]))
        return places

    def _connected(self, place: Place) -> socket.socket:
        family, where = place
        plain = _Socket(family, socket.SOCK_STREAM)
        try:
            plain.settimeout(self._time_left())
            plain.connect(where)
            plain.deadline, plain.left = self.deadline, MOST_BYTES
            if not self.secure:
                return plain
            secure = tls_context().wrap_socket(
                plain, server_hostname=self.host, do_handshake_on_connect=False
            )
        except OSError:
            plain.close()
            raise
        assert isinstance(secure, _SecureSocket)
        try:
            secure.deadline, secure.left = self.deadline, MOST_BYTES
            secure.settimeout(self._time_left())
            secure.do_handshake()
        except OSError:
            secure.close()
            raise
        return secure

    def _time_left(self) -> float:
        left = self.deadline - monotonic()
        if left <= 0:
            raise TimeoutError
        return left


@cache
def tls_context() -> ssl.SSLContext:
    """Verifies certificates and names by what the system trusts."""
    context = ssl.create_default_context()
    context.sslsocket_class = _SecureSocket
    return context


def _looked_up(host: str, port: int, seconds: float) -> list[Place]:
    """Asked once; the system's look-up knows no time limit, so a thread waits for it."""
    pool = ThreadPoolExecutor(1)
    try:
        asked = pool.submit(socket.getaddrinfo, host, port, type=socket.SOCK_STREAM)
        found = asked.result(timeout=seconds)
    except TooSlow as slow:
        raise TimeoutError from slow
    except UnicodeError as wrong:
        raise OSError("The name is none.") from wrong
    finally:
        pool.shutdown(wait=False)
    inet = (socket.AF_INET, socket.AF_INET6)
    return [(family, where) for family, _, _, _, where in found if family in inet]


def _seconds_to_wait(answer: http.client.HTTPResponse) -> int | None:
    said = answer.headers.get("Retry-After", "").strip()
    return int(said) if said.isascii() and said.isdigit() and len(said) < 10 else None


def _beginning(answer: http.client.HTTPResponse) -> str:
    """As much as came in time: who has sent a status has answered."""
    read = b""
    with suppress(OSError, http.client.HTTPException):
        while len(read) < 4 * EXCERPT and (more := answer.read1(4 * EXCERPT)):
            read += more
    return read.decode(errors="replace").replace("\x00", "")[:EXCERPT]


def _said(failed: Exception) -> str:
    """What went wrong, in words without addresses of ours."""
    if isinstance(failed, ssl.SSLCertVerificationError):
        return f"Its certificate does not hold: {failed.verify_message}."
    if isinstance(failed, socket.gaierror):
        return "There is no such host."
    if isinstance(failed, http.client.HTTPException):
        return f"What came back was no HTTP answer ({type(failed).__name__})."
    return f"No connection: {getattr(failed, 'strerror', '') or failed}."
