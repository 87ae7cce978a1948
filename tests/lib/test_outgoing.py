"""Nothing leaves the house for an address that a stranger could have chosen badly."""

import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lib import outgoing
from lib.outgoing import Forbidden, Unreachable, post
from tests.support.receiver import Receiver, reply

pytestmark = pytest.mark.once
HERE = ["127.0.0.0/8"]
PUBLIC = "203.0.114.7"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as one:
        yield one


def names(monkeypatch: pytest.MonkeyPatch, *answers: list[str]) -> list[str]:
    """What names stand for, one answer after the other; the list of what was asked."""
    left, asked = list(answers), []

    def getaddrinfo(host: str, port: int, **_: Any) -> list[Any]:
        asked.append(host)
        found = left.pop(0) if len(left) > 1 else left[0]
        v6 = [socket.AF_INET6 if ":" in each else socket.AF_INET for each in found]
        return [(f, 1, 6, "", (each, port)) for f, each in zip(v6, found, strict=True)]

    monkeypatch.setattr(outgoing.socket, "getaddrinfo", getaddrinfo)
    return asked


def test_what_is_posted_arrives_byte_by_byte(receiver: Receiver) -> None:
    receiver.otherwise = reply(202, b"taken " * 500, "Retry-After: 12")
    sent = post(f"{receiver.url}?a=b%20c", b'{"n":1}', {"x-sign": "v1"}, allowed=HERE)
    assert (sent.status, sent.retry_after) == (202, 12)
    assert sent.excerpt == ("taken " * 500)[:1000]
    got = receiver.received[0]
    assert got.head.splitlines()[0] == "POST /hook?a=b%20c HTTP/1.1"
    assert got.headers["host"] == f"127.0.0.1:{receiver.port}"
    assert (got.headers["x-sign"], got.body) == ("v1", b'{"n":1}')


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.255.255.254", "0.0.0.0", "0.1.2.3", "10.0.0.1", "172.16.0.1",
        "192.168.1.1", "169.254.169.254", "100.64.0.1", "192.0.0.8", "192.0.2.1", "198.18.0.1",
        "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.255", "240.0.0.1",
        "255.255.255.255",
        "::", "::1", "fe80::1", "fec0::1", "fc00::1", "fd12:3456::1", "ff02::1", "2001:db8::1",
        "::ffff:127.0.0.1", "::ffff:8.8.8.8", "::127.0.0.1", "2002:7f00:1::", "2002:808:808::1",
        "64:ff9b::7f00:1", "64:ff9b::a00:1", "64:ff9b:1::a00:1", "2001:0:53aa:64c::1", "100::1",
        "4000::1",
    ],
)  # fmt: skip
def test_addresses_that_are_none_of_the_worlds_are_forbidden(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    literal = f"[{address}]" if ":" in address else address
    with pytest.raises(Forbidden):
        post(f"http://{literal}/", b"", {})
    with pytest.raises(Forbidden):
        outgoing.check(f"http://{literal}/")
    names(monkeypatch, [address])
    with pytest.raises(Forbidden, match=r"hooks\.example stands for"):
        post("http://hooks.example/", b"", {})


@pytest.mark.parametrize("address", ["8.8.8.8", "203.0.114.7", "2a00:1450::1", "64:ff9b::808:808"])
def test_addresses_of_the_world_are_not(address: str) -> None:
    outgoing.check(f"https://[{address}]/" if ":" in address else f"https://{address}/")


@pytest.mark.parametrize(
    "url",
    [
        "ftp://example.com/", "file:///etc/passwd", "gopher://example.com", "//example.com/",
        "example.com", "", "http://", "http:///hook", "http://user@example.com/",
        "http://user:pw@example.com/", "http://@example.com/", "http://2130706433/",
        "http://0x7f000001/", "http://0x7f.1/", "http://017700000001/", "http://127.1/",
        "http://0177.0.0.1/", "http://127.0.0.1./", "http://127.0.0.0x1/", "http://example.com./",
        "http://[::1%25lo]/", "http://[fe80::1%eth0]/", "http://[::1", "http://ex ample.com/",
        "http://example.com\\@127.0.0.1/", "http://example.com/\r\nx: y", "http://exam\x00ple.com/",
        "http://１２７.0.0.1/", "http://ⓔxample.com/", "http://example.com:0/",
        "http://example.com:99999/", "http://example.com:x/", "http://a..b/", "http://.a/",
        "http://%31%32%37.0.0.1/", "http://" + "a" * 300 + ".com/", "http://1.2.3.4.5/",
    ],
)  # fmt: skip
def test_odd_spellings_are_forbidden(url: str) -> None:
    with pytest.raises(Forbidden):
        post(url, b"", {}, allowed=HERE)


def test_a_name_that_stands_for_one_bad_address_among_good_ones_is_forbidden(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    names(monkeypatch, [PUBLIC, "10.0.0.1"])
    with pytest.raises(Forbidden):
        post("http://hooks.example/", b"", {})


def test_what_was_checked_is_connected_to_whatever_the_name_says_later(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The name answers with an allowed address first, and with another one ever after."""
    with Receiver("127.0.0.2") as good, Receiver("127.0.0.3", good.port) as bad:
        asked = names(monkeypatch, ["127.0.0.2"], ["127.0.0.3"])
        post(f"http://rebinds.example:{good.port}/", b"", {}, allowed=["127.0.0.2"])
        assert asked == ["rebinds.example"]
        assert (good.connections, bad.connections) == (1, 0)
        assert good.received[0].headers["host"] == f"rebinds.example:{good.port}"
        with pytest.raises(Forbidden):
            post(f"http://rebinds.example:{good.port}/", b"", {}, allowed=["127.0.0.2"])
        assert bad.connections == 0


def test_the_allow_list_names_hosts_and_networks(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    names(monkeypatch, ["127.0.0.1"])
    url = f"http://intranet.example:{receiver.port}/"
    for allowed in (["Intranet.Example"], ["10.0.0.0/8", " 127.0.0.0/8 "], ["127.0.0.1"]):
        assert post(url, b"", {}, allowed=allowed).status == 200
    for allowed in ([], ["10.0.0.0/8"], ["example"], ["other.example", ""]):
        with pytest.raises(Forbidden):
            post(url, b"", {}, allowed=allowed)


def test_redirects_are_not_followed(receiver: Receiver) -> None:
    with Receiver() as other:
        receiver.otherwise = reply(307, b"", f"Location: {other.url}")
        assert post(receiver.url, b"", {}, allowed=HERE).status == 307
        assert other.connections == 0


def test_proxies_of_the_environment_are_not_used(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Receiver() as proxy:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        post(receiver.url, b"", {}, allowed=HERE)
        assert (receiver.connections, proxy.connections) == (1, 0)


def trickle(first: bytes) -> Any:
    """Goes on for ever, a byte at a time, each well within any time-out."""

    def go_on(connection: socket.socket) -> None:
        connection.sendall(first)
        for _ in range(100):
            time.sleep(0.05)
            connection.sendall(b"x")

    return go_on


def flood(first: bytes) -> Any:
    def go_on(connection: socket.socket) -> None:
        connection.sendall(first)
        for _ in range(400):
            connection.sendall(b"y" * 65_536)

    return go_on


@pytest.mark.parametrize("first", [b"", b"HTTP/1.1 200 OK\r\nX-Long: "])
def test_who_drips_is_left_after_the_time_that_there_is(receiver: Receiver, first: bytes) -> None:
    receiver.otherwise = trickle(first)
    began = time.monotonic()
    with pytest.raises(Unreachable, match=r"No answer within 0\.4 seconds"):
        post(receiver.url, b"", {}, allowed=HERE, seconds=0.4)
    assert time.monotonic() - began < 2


def test_who_says_nothing_is_left_too(receiver: Receiver) -> None:
    receiver.otherwise = lambda connection: time.sleep(1)
    with pytest.raises(Unreachable, match="No answer within"):
        post(receiver.url, b"", {}, allowed=HERE, seconds=0.2)


def test_a_name_that_nobody_answers_for_in_time_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outgoing.socket, "getaddrinfo", lambda *_, **__: time.sleep(0.6) or [])
    began = time.monotonic()
    with pytest.raises(Unreachable, match="No answer within"):
        post("http://slow.example/", b"", {}, seconds=0.2)
    assert time.monotonic() - began < 0.5


def test_a_status_counts_though_its_body_never_ends(receiver: Receiver) -> None:
    receiver.replies = [
        trickle(b"HTTP/1.1 200 OK\r\n\r\n"),
        flood(b"HTTP/1.1 500 No\r\n\r\n"),
    ]
    slow = post(receiver.url, b"", {}, allowed=HERE, seconds=0.4)
    assert slow.status == 200
    assert set(slow.excerpt) <= {"x"}
    assert post(receiver.url, b"", {}, allowed=HERE).excerpt == "y" * 1000


@pytest.mark.parametrize(
    "first",
    [
        b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 99 + b"Z: ",
        b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 200,
        b"HTTP/1.1 100 Go on\r\n\r\n" * 4_000,
        b"SSH-2.0-OpenSSH\r\n",
        b"HTTP/1.1 two hundred\r\n\r\n",
    ],
)
def test_what_is_no_decent_answer_is_none(receiver: Receiver, first: bytes) -> None:
    receiver.otherwise = flood(first)
    with pytest.raises(Unreachable):
        post(receiver.url, b"", {}, allowed=HERE)


def test_nobody_there_is_no_answer() -> None:
    with Receiver() as gone:
        url = gone.url
    with pytest.raises(Unreachable, match="No connection: Connection refused"):
        post(url, b"", {}, allowed=HERE)


def test_a_name_that_is_none_may_be_one_tomorrow() -> None:
    with pytest.raises(Unreachable, match="no such host"):
        post("http://nobody.invalid/", b"", {})


class Secure(Receiver):
    context: ssl.SSLContext

    def secured(self, connection: socket.socket) -> socket.socket:
        return self.context.wrap_socket(connection, server_side=True)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Of hooks.example, signed by itself."""
    folder = tmp_path_factory.mktemp("tls")
    key, pem = folder / "key.pem", folder / "cert.pem"
    name = ["-subj", "/CN=hooks.example", "-addext", "subjectAltName=DNS:hooks.example"]
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    subprocess.run([*made, *name, "-keyout", key, "-out", pem], check=True, capture_output=True)
    return key, pem


def test_tls_is_verified_against_the_name(
    certificate: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    key, pem = certificate
    names(monkeypatch, ["127.0.0.1"])
    with Secure() as receiver:
        receiver.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        receiver.context.load_cert_chain(pem, key)
        good, other = (f"https://{n}.example:{receiver.port}/" for n in ("hooks", "other"))
        with pytest.raises(Unreachable, match="certificate does not hold: self-signed"):
            post(good, b"", {}, allowed=HERE)
        trusting = outgoing.tls_context.__wrapped__()
        trusting.load_verify_locations(pem)
        monkeypatch.setattr(outgoing, "tls_context", lambda: trusting)
        assert post(good, b"hello", {}, allowed=HERE).status == 200
        with pytest.raises(Unreachable, match="Hostname mismatch"):
            post(other, b"hello", {}, allowed=HERE)
        assert [each.body for each in receiver.received] == [b"hello"]
        receiver.otherwise = trickle(b"HTTP/1.1 200 OK\r\nX: ")
        with pytest.raises(Unreachable, match="No answer within"):
            post(good, b"", {}, allowed=HERE, seconds=0.4)
