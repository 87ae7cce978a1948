"""A receiver of webhooks that misbehaves: it answers 500 or falls silent, before or after it took.

Everything that it took is one line of JSON in a file; signatures are verified.
"""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from random import Random
from typing import Any

from standardwebhooks import Webhook, WebhookVerificationError


class Faults:
    """Shares of all requests that come to harm; `silence` in seconds."""

    def __init__(self, broken: float = 0.20, silent: float = 0.05, silence: float = 12.0) -> None:
        self.broken, self.silent, self.silence = broken, silent, silence

    def end(self) -> None:
        self.broken = self.silent = 0.0


class HookServer:
    """Receives for endpoints by path, `/3`; `secrets` verify what is signed."""

    def __init__(self, log: Path, faults: Faults, seed: int) -> None:
        self.faults, self.random, self.log = faults, Random(seed), log.open("a")
        self.secrets: dict[str, str] = {}
        self.guard = threading.Lock()
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}"

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.log.close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        hooks = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                status = hooks.received(self.path, dict(self.headers.items()), body)
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
                pass

        return Handler

    def received(self, path: str, headers: dict[str, str], body: bytes) -> int:
        """What it answers."""
        with self.guard:
            dice, taken = self.random.random(), self.random.random() < 0.5
        broken = dice < self.faults.broken
        silent = not broken and dice < self.faults.broken + self.faults.silent
        if taken or not (broken or silent):
            self._take(path, {name.lower(): value for name, value in headers.items()}, body)
        if silent:
            time.sleep(self.faults.silence)
        return 500 if broken else 204

    def _take(self, path: str, headers: dict[str, str], body: bytes) -> None:
        said = json.loads(body)
        line = {
            "endpoint": path,
            "id": headers.get("webhook-id", ""),
            "said": said,
            "is_true": self._is_true(path, headers, body),
        }
        with self.guard:
            self.log.write(json.dumps(line) + "\n")
            self.log.flush()

    def _is_true(self, path: str, headers: dict[str, str], body: bytes) -> bool:
        if path not in self.secrets:
            return True
        try:
            Webhook(self.secrets[path]).verify(body, headers)
        except WebhookVerificationError:
            return False
        return True
