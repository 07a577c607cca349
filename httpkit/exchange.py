"""One exchange: what was sent, what came back, and when.

An `Exchange` is a finished record, free of sockets and loops: it can be kept, compared, shown and saved. `send()`
makes one by running a `ClientRequest` to its end. Times are milliseconds, bodies are bytes exactly as they arrived.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from threading import get_ident
from time import perf_counter
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from . import https
from .agent import Agent
from .client import request
from .client_request import ClientRequest
from .errors import NodeError, SystemCallError
from .headers import IncomingHeaders, charset_of, pairs_of
from .incoming import IncomingMessage
from .loop import home
from .net import Socket, checked_timeout


@dataclass(frozen=True)
class SentRequest:
    """The request as it went out: `raw_headers` holds (name, value) pairs in wire order and case."""

    method: str
    url: str
    raw_headers: tuple[tuple[str, str], ...]
    body: bytes = b""

    def __repr__(self) -> str:
        # Headers and bodies hold secrets, and a repr ends up in logs. So does the query of a URL.
        return f"<SentRequest {self.method} {_without_secrets(self.url)}, {len(self.body)} bytes>"

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

    def __repr__(self) -> str:
        return f"<ReceivedResponse {self.statusCode} {self.statusMessage}, {len(self.body)} bytes>"

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
    tls: float | None = None

    @property
    def total(self) -> float:
        return sum(phase or 0.0 for phase in (self.connect, self.tls, self.send, self.wait, self.receive))


@dataclass(frozen=True)
class Exchange:
    """A request and its response."""

    request: SentRequest
    response: ReceivedResponse
    phases: Phases = field(default_factory=Phases)
    started_at: datetime | None = None
    reused_socket: bool = False

    def __repr__(self) -> str:
        sent, got = self.request, self.response
        url = _without_secrets(sent.url)
        return f"<Exchange {sent.method} {url} → {got.statusCode} {got.statusMessage}, {len(got.body)} bytes>"

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


def _without_secrets(url: str) -> str:
    """A URL without its query and its userinfo."""
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))


# Seconds that a loop may be late with its own time limit before it counts as stuck.
_GRACE = 1.0


class _Stopwatch:
    """When each step of a request was done, in seconds of the performance counter."""

    def __init__(self, req: ClientRequest) -> None:
        self.marks: dict[str, float] = {"begun": perf_counter()}
        req.on("socket", self._on_socket)
        req.on("finish", lambda: self.mark("sent"))
        req.on("response", lambda _: self.mark("answered"))

    def mark(self, name: str) -> None:
        self.marks.setdefault(name, perf_counter())

    def _on_socket(self, socket: Socket) -> None:
        if socket.connecting:
            socket.once("connect", lambda: self.mark("connected"))
            socket.once("secureConnect", lambda: self.mark("secured"))

    def phases(self) -> Phases:
        self.mark("received")
        connected, secured = self.marks.get("connected"), self.marks.get("secured")
        ready = secured or connected or self.marks["begun"]
        # A server may answer before it has everything.
        sent = min(self.marks.get("sent", self.marks["answered"]), self.marks["answered"])
        return Phases(
            connect=None if connected is None else _ms(self.marks["begun"], connected),
            tls=None if connected is None or secured is None else _ms(connected, secured),
            send=_ms(ready, sent),
            wait=_ms(sent, self.marks["answered"]),
            receive=_ms(self.marks["answered"], self.marks["received"]),
        )


def _ms(start: float, end: float) -> float:
    return max(0.0, (end - start) * 1000)


def send(
    method: str,
    url: str,
    headers: Iterable[tuple[str, Any]] = (),
    body: bytes = b"",
    *,
    timeout: float = 0,
    agent: Agent | None = None,
) -> Exchange:
    """Send a request and wait for the whole answer; can be interrupted. `timeout` in ms, 0 for none.

    Raises what the request fails with: ERR_INVALID_URL, ECONNREFUSED, ENOTFOUND, ECONNRESET, ETIMEDOUT, HPE_*, …
    """
    where = agent._home if agent is not None else home()
    if get_ident() == where.thread_id:
        raise NodeError("send() would stop the event loop it runs on: use `await asend(...)` there.", "ERR_WOULD_BLOCK")
    pending = where.start(_exchange(method, url, list(headers), body, timeout, agent))
    try:
        return pending.result(timeout / 1000 + _GRACE if timeout else None)
    except TimeoutError as exc:
        if pending.done():
            raise
        pending.cancel()
        raise SystemCallError(
            f"no complete response from {url} within {timeout:g} ms, and the event loop is busy: a handler has not "
            "returned yet. What takes long belongs into `await asyncio.to_thread(...)`.",
            "ETIMEDOUT",
        ) from exc
    except BaseException:
        # Interrupted: nobody waits any more. (After a failure there is nothing to cancel.)
        pending.cancel()
        raise


async def asend(
    method: str,
    url: str,
    headers: Iterable[tuple[str, Any]] = (),
    body: bytes = b"",
    *,
    timeout: float = 0,
    agent: Agent | None = None,
) -> Exchange:
    """`send()` for asynchronous code, on any loop."""
    where = agent._home if agent is not None else home()
    return await where.wait(_exchange(method, url, list(headers), body, timeout, agent))


async def _exchange(
    method: str, url: str, headers: list[tuple[str, Any]], body: bytes, limit: float, agent: Agent | None
) -> Exchange:
    checked_timeout(limit, "timeout")
    started_at = datetime.now(UTC)
    ask = https.request if url[:6].lower() == "https:" else request
    req = ask(url, method=method, agent=agent)
    watch = _Stopwatch(req)
    # Whoever awaits hears of errors, also when nobody does any more.
    req.on("error", lambda _: None)
    try:
        for name, value in headers:
            _add_header(req, name, value)
        framed = req.hasHeader("content-length") or req.hasHeader("transfer-encoding")
        if body and not framed and not req.useChunkedEncodingByDefault:
            # Node sends the body of a GET or DELETE without saying how long it is: the server would read a request.
            req.setHeader("Content-Length", len(body))
        async with asyncio.timeout(limit / 1000 if limit else None):
            req.end(body) if body else req.end()
            res = await req
            watch.mark("answered")
            received = await res.bytes()
    except TimeoutError:
        raise SystemCallError(f"no complete response from {url} within {limit:g} ms", "ETIMEDOUT") from None
    finally:
        req.destroy()
    return Exchange(_sent(req, url, body), _received(res, received), watch.phases(), started_at, req.reusedSocket)


def _add_header(req: ClientRequest, name: str, value: Any) -> None:
    """Set a header, or add to one given twice; Host is there once, and the one given takes its place."""
    if name.lower() != "host" and req.hasHeader(name):
        req.appendHeader(name, value)
    else:
        req.setHeader(name, value)


def _sent(req: ClientRequest, url: str, body: bytes) -> SentRequest:
    lines = (req._head or b"").decode("latin-1").split("\r\n")[1:-2]
    pairs = tuple((name, value.lstrip()) for name, _, value in (line.partition(":") for line in lines))
    return SentRequest(req.method, url, pairs, body)


def _received(res: IncomingMessage, body: bytes) -> ReceivedResponse:
    return ReceivedResponse(
        res.statusCode or 0, res.statusMessage or "", res.httpVersion or "", tuple(pairs_of(res.rawHeaders)), body
    )
