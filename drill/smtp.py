"""A mail server that misbehaves: it says "later", falls silent, takes a mail and hangs up.

Everything that it took is one line of JSON in a file: receiver, Message-ID, alert and what was
answered. What it took is delivered, whether or not the sender came to know.
"""

import asyncio
import json
from dataclasses import dataclass
from email import message_from_bytes
from pathlib import Path
from random import Random
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

LATER, SILENT, TAKEN_SILENT, RESET = "later", "silent", "taken, then silent", "taken, then reset"


@dataclass
class Faults:
    """Shares of all mails that come to harm; `silence` is how many seconds nothing is said."""

    later: float = 0.30
    silent: float = 0.10
    reset: float = 0.05
    silence: float = 15.0

    def draw(self, random: Random) -> str:
        """What becomes of the next one; "" is nothing. Of those that hang, half were taken."""
        dice = random.random()
        if dice < self.later:
            return LATER
        if dice < self.later + self.silent:
            return random.choice([SILENT, TAKEN_SILENT])
        return RESET if dice < self.later + self.silent + self.reset else ""

    def end(self) -> None:
        """From now on it is in order."""
        self.later = self.silent = self.reset = 0.0


class MailServer:
    """Answers on a port of its own until it is closed. `answers` counts what was said."""

    def __init__(self, port: int, log: Path, faults: Faults, seed: int) -> None:
        self.faults, self.random, self.log = faults, Random(seed), log.open("a")
        self.answers: dict[str, int] = {}
        self.controller = Controller(self, "127.0.0.1", port)
        self.controller.start()

    def close(self) -> None:
        self.controller.stop(no_assert=True)
        self.log.close()

    async def handle_RCPT(  # noqa: N802 - as aiosmtpd names them
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: Any
    ) -> str:
        fate = self.faults.draw(self.random)
        envelope.fate = fate  # type: ignore[attr-defined]
        self.answers[fate] = self.answers.get(fate, 0) + 1
        if fate == LATER and self.random.random() < 0.5:
            return "450 4.2.1 The mailbox is busy"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        fate = envelope.fate  # type: ignore[attr-defined]
        if fate == LATER:
            return "451 4.3.0 Try again later"
        if fate != SILENT:
            self._take(envelope, fate)
        if fate in (SILENT, TAKEN_SILENT):
            await asyncio.sleep(self.faults.silence)
        if fate:
            assert server.transport is not None
            server.transport.abort()
        return "250 OK"

    def _take(self, envelope: Envelope, fate: str) -> None:
        assert isinstance(envelope.content, bytes)
        mail = message_from_bytes(envelope.content)
        said = {
            "to": envelope.rcpt_tos[0],
            "id": mail["Message-ID"],
            "about": mail["References"],
            "fate": fate,
        }
        self.log.write(json.dumps(said) + "\n")
        self.log.flush()
