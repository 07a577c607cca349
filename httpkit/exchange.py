"""One exchange: what was sent, what came back, and when.

An `Exchange` is a finished record, free of sockets and loops: it can be kept, compared, shown and saved. `send()`
makes one by running a `ClientRequest` to its end. Times are milliseconds, bodies are bytes exactly as they arrived.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from .headers import IncomingHeaders, charset_of


@dataclass(frozen=True)
class SentRequest:
    """The request as it went out: `raw_headers` holds (name, value) pairs in wire order and case."""

    method: str
    url: str
    raw_headers: tuple[tuple[str, str], ...]
    body: bytes = b""

    @property
    def headers(self) -> IncomingHeaders:
        return IncomingHeaders.joined(self.raw_headers)


@dataclass(frozen=True)
class ReceivedResponse:
    """The response as it came in; `body` is whole and still encoded as on the wire."""

    statusCode: int
    statusMessage: str
    httpVersion: str
    raw_headers: tuple[tuple[str, str], ...]
    body: bytes = b""

    @property
    def headers(self) -> IncomingHeaders:
        return IncomingHeaders.joined(self.raw_headers)


@dataclass(frozen=True)
class Phases:
    """How long each step took, in ms; None where the step did not happen (a reused socket has no `connect`)."""

    connect: float | None = None
    send: float | None = None
    wait: float | None = None
    receive: float | None = None

    @property
    def total(self) -> float:
        return sum(phase or 0.0 for phase in (self.connect, self.send, self.wait, self.receive))


@dataclass(frozen=True)
class Exchange:
    """A request and its response."""

    request: SentRequest
    response: ReceivedResponse
    phases: Phases = field(default_factory=Phases)
    started_at: datetime | None = None
    reused_socket: bool = False

    @property
    def status(self) -> int:
        return self.response.statusCode

    @property
    def headers(self) -> IncomingHeaders:
        return self.response.headers

    @property
    def text(self) -> str:
        """The response body as text, in the charset its Content-Type names, else UTF-8; bad bytes become U+FFFD."""
        return self.response.body.decode(charset_of(self.headers.get("content-type")), errors="replace")

    def json(self) -> Any:
        """The response body parsed as JSON. Raises ValueError where it is none."""
        return json.loads(self.response.body)
