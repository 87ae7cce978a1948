"""A mail server for tests: keeps every byte that came, answers as it is told."""

import asyncio
import email
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import policy
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session

OK = "250 Ok"
HANG, RESET, DROP = "hang", "accept, then reset", "drop"  # besides plain answers


@dataclass(frozen=True)
class Taken:
    """A mail that the server took, whatever it said then."""

    to: str
    raw: bytes

    @property
    def parsed(self) -> EmailMessage:
        message = email.message_from_bytes(self.raw, policy=policy.default)
        assert isinstance(message, EmailMessage)
        return message

    def header(self, name: str) -> str:
        """Unfolded and decoded."""
        return str(self.parsed[name]).strip()

    def part(self, kind: str) -> str:
        """Its "plain" or "html" part, decoded."""
        body = self.parsed.get_body((kind,))
        assert body is not None
        text: str = body.get_content()
        return text.replace("\r\n", "\n")


@dataclass
class MailServer:
    """Answers RCPT and DATA by `at_rcpt` and `at_data`, which are used up, then with OK.

    HANG says nothing for longer than anybody waits; RESET takes the mail and breaks the connection
    before it says so; DROP does not take it. `log` is every line that came, of all connections.
    """

    at_rcpt: list[str] = field(default_factory=list)
    at_data: list[str] = field(default_factory=list)
    taken: list[Taken] = field(default_factory=list)
    log: list[bytes] = field(default_factory=list)
    connections: int = 0
    greets: bool = True

    def __enter__(self) -> "MailServer":
        self.loop, ready = asyncio.new_event_loop(), threading.Event()
        self.thread = threading.Thread(target=self._serve, args=[ready], daemon=True)
        self.thread.start()
        ready.wait()
        return self

    def __exit__(self, *_: Any) -> None:
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()

    def _serve(self, ready: threading.Event) -> None:
        asyncio.set_event_loop(self.loop)
        server = self.loop.run_until_complete(
            self.loop.create_server(self._connection, "127.0.0.1", 0)
        )
        self.port = server.sockets[0].getsockname()[1]
        ready.set()
        self.loop.run_forever()
        server.close()
        for task in asyncio.all_tasks(self.loop):
            task.cancel()
        self.loop.run_until_complete(asyncio.sleep(0))
        self.loop.close()

    def _connection(self) -> asyncio.Protocol:
        self.connections += 1
        return Logged(self) if self.greets else asyncio.Protocol()

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        said = await self._say(server, self.at_rcpt)
        if said == OK:
            envelope.rcpt_tos.append(address)
        return said

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        said = self.at_data[0] if self.at_data else OK
        if said in (OK, RESET):
            assert isinstance(envelope.content, bytes)
            self.taken.append(Taken(envelope.rcpt_tos[0], envelope.content))
        return await self._say(server, self.at_data)

    async def _say(self, server: SMTP, answers: list[str]) -> str:
        said = answers.pop(0) if answers else OK
        if said == HANG:
            await asyncio.sleep(60)
        if said in (RESET, DROP):
            assert server.transport is not None
            server.transport.abort()
        return said


class Logged(SMTP):
    """One connection, each byte of which is kept."""

    def __init__(self, kept: MailServer) -> None:
        super().__init__(kept, hostname="mail.example", loop=kept.loop)
        self.kept = kept

    def data_received(self, data: bytes) -> None:
        self.kept.log.append(data)
        super().data_received(data)


@pytest.fixture
def mail_server(settings: Any) -> Iterator[MailServer]:
    """The one that the application sends by; it waits for a fifth of a second only."""
    with MailServer() as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        settings.EMAIL_TIMEOUT = 0.2
        yield server
