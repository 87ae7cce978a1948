"""An HTTP receiver for tests: keeps every byte that came, answers as it is told."""

import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

Reply = bytes | Callable[[socket.socket], None]


def reply(status: int = 200, body: bytes = b"", *headers: str) -> bytes:
    """An HTTP answer as it goes over the wire."""
    lines = [f"HTTP/1.1 {status} Said", f"Content-Length: {len(body)}", *headers, "", ""]
    return "\r\n".join(lines).encode() + body


@dataclass(frozen=True)
class Received:
    """A request as it came."""

    raw: bytes

    @property
    def head(self) -> str:
        return self.raw.partition(b"\r\n\r\n")[0].decode()

    @property
    def body(self) -> bytes:
        return self.raw.partition(b"\r\n\r\n")[2]

    @property
    def headers(self) -> dict[str, str]:
        """By name in lower case."""
        pairs = (line.partition(": ") for line in self.head.split("\r\n")[1:])
        return {name.lower(): value for name, _, value in pairs}


@dataclass
class Receiver:
    """Serves one connection after the other; `replies` are used up, then `otherwise` is said."""

    host: str = "127.0.0.1"
    port: int = 0
    otherwise: Reply = field(default_factory=reply)
    replies: list[Reply] = field(default_factory=list)
    received: list[Received] = field(default_factory=list)
    connections: int = 0

    def __enter__(self) -> "Receiver":
        self.listener = socket.create_server((self.host, self.port))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(self, *_: Any) -> None:
        self.close()

    def close(self) -> None:
        """Listen no longer."""
        with suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)  # so that nobody waits in accept()
        self.listener.close()

    @property
    def url(self) -> str:
        return f"http://{self.host}:{self.port}/hook"

    def secured(self, connection: socket.socket) -> socket.socket:
        """The connection as it is talked over; TLS receivers wrap it."""
        return connection

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            self.connections += 1
            with suppress(OSError), self.secured(connection) as open_one:
                open_one.settimeout(5)
                self.received.append(Received(_request(open_one)))
                said = self.replies.pop(0) if self.replies else self.otherwise
                said(open_one) if callable(said) else open_one.sendall(said)


def _request(connection: socket.socket) -> bytes:
    raw = b""
    while b"\r\n\r\n" not in raw:
        raw += connection.recv(65_536)
    length = int(Received(raw).headers.get("content-length", 0))
    while len(Received(raw).body) < length:
        raw += connection.recv(65_536)
    return raw
