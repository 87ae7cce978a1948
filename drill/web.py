"""People at the web server meanwhile: one who looks each second, one who does what stalls deals."""

import http.client
import json
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

PATIENCE = 30.0  # seconds that an answer may take
LATE = 5.0  # seconds after which an answer is late


@dataclass
class Answers:
    """How often a page was asked for and failed; `excused` is while the database was away.

    `slowest` in seconds, but for those.
    """

    asked: int = 0
    failed: int = 0
    late: int = 0
    excused: int = 0
    slowest: float = 0.0
    reasons: dict[str, int] = field(default_factory=dict)


class Visitor:
    """Asks for pages once a second each, with the cookie that each needs ("" for none).

    While `is_excused` failures are counted apart.
    """

    def __init__(self, port: int, paths: Mapping[str, str]) -> None:
        self.port, self.cookies = port, paths
        self.seen = {path: Answers() for path in paths}
        self.is_excused = threading.Event()
        self.is_over = threading.Event()
        self.threads = [
            threading.Thread(target=self._look, args=(path,), daemon=True) for path in paths
        ]

    def start(self) -> None:
        for thread in self.threads:
            thread.start()

    def stop(self) -> None:
        self.is_over.set()
        for thread in self.threads:
            thread.join()

    def _look(self, path: str) -> None:
        answers = self.seen[path]
        while not self.is_over.wait(1):
            began, excused = time.monotonic(), self.is_excused.is_set()
            reason = self._ask(path)
            took = time.monotonic() - began
            excused = excused or self.is_excused.is_set()
            answers.asked += 1
            if excused:
                answers.excused += bool(reason)
                continue
            answers.slowest = max(answers.slowest, took)
            answers.late += took > LATE
            if reason:
                answers.failed += 1
                answers.reasons[reason] = answers.reasons.get(reason, 0) + 1

    def _ask(self, path: str) -> str:
        try:
            status = _request(self.port, "GET", path, {"Cookie": self.cookies[path]})
        except (OSError, http.client.HTTPException) as trouble:
            return type(trouble).__name__
        return "" if status == 200 else str(status)


class Rep:
    """Takes next steps away, over the API; asks again until it is done. `slowest` in seconds."""

    def __init__(self, port: int, token: str) -> None:
        self.port, self.token = port, token
        self.refused, self.slowest = 0, 0.0

    def stall(self, deal: int) -> None:
        headers = {
            "Authorization": f"Token {self.token}",
            "Content-Type": "application/json",
            "If-Match": "*",
        }
        body = json.dumps({"next_step": "", "next_step_on": None})
        path = f"/api/v1/opportunities/{deal}/next-step/"
        while True:
            began = time.monotonic()
            try:
                status = _request(self.port, "PUT", path, headers, body)
            except (OSError, http.client.HTTPException):
                status = 0
            if 200 <= status < 300:
                self.slowest = max(self.slowest, time.monotonic() - began)
                return
            if 400 <= status < 500:
                raise RuntimeError(f"PUT {path} was answered with {status}")
            self.refused += 1
            time.sleep(0.5)


def _request(port: int, method: str, path: str, headers: dict[str, str], body: str = "") -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    try:
        connection.request(method, path, body or None, headers)
        answer = connection.getresponse()
        answer.read()
        return answer.status
    finally:
        connection.close()
