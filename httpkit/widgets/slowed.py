"""Slowed: one exchange on its way at a pace, and what can be seen of it so far on both sides and on the wire.

What is shown of bytes is veiled as a whole, as in the kit's view of the wire, again and again while they come: so many
of them are kept as that can be done quickly. Where the name of a secret has come and the rest has not, all behind it
waits until it is whole.
"""

from __future__ import annotations

import concurrent.futures
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from itertools import zip_longest
from time import perf_counter
from typing import Any, NamedTuple

from httpkit.agent import Agent
from httpkit.agents import agent_for
from httpkit.diagnostics import CLIENT_REQUEST_CREATED, SERVER_REQUEST_START
from httpkit.draft import Draft
from httpkit.events import EventEmitter
from httpkit.exchange import Exchange, Sending
from httpkit.global_agents import global_agent
from httpkit.https import Agent as TlsAgent
from httpkit.messages import NO_RESPONSE, Moment, SentRequest
from httpkit.notebook.events_stream import parse_events
from httpkit.notebook.html import visible
from httpkit.notebook.wire_text import Row, rows
from httpkit.observer import ServerObserver, tee
from httpkit.pacing import HIGH_WATER_MARK, Pace, PacedSide, paced

# Bytes that are kept each way, and characters of the text of an event that has only begun, and of one that is shown.
MAX_WIRE = 65_536
MAX_PENDING = 65_536
MAX_DATA = 300
# Lines that are kept of what the client hears: a stream of events goes on for ever.
MOST_LINES = 1_000
_ENDS = frozenset({"'end'", "'error'"})

# 'data' that follows within so many ms goes into one line.
_TOGETHER = 300

_LABELS = {
    "method": "request line",
    "version": "status line",
    "name": "header",
    "trailer": "trailer",
    "size": "chunk size",
    "data": "chunk",
    "body": "body",
    "end": "empty line",
    "malformed": "not HTTP",
    "tunnel": "other protocol",
}
# An empty line ends an event.
_EVENT_END = re.compile(rb"\n\r?\n|\r\r")

_SPEC = re.compile(r" \(RFC [^)]*\)")


class Line(NamedTuple):
    """What happened on one side: `at` ms after the beginning, `what` in Node's words, and `text`."""

    at: float
    what: str
    text: str = ""


class WireLine(NamedTuple):
    """A line of the bytes: what it is, a `note`, and its pieces, each with the kind of its part."""

    kind: str
    label: str
    note: str
    pieces: tuple[tuple[str, str], ...]


class Progress(NamedTuple):
    """How far it has come: `sent` and `got` bytes of how many, where that is known, `pipe` where the server is ours."""

    ms: float = 0
    sent: int = 0
    sent_of: int | None = None
    got: int = 0
    got_of: int | None = None
    pipe: int | None = None
    mark: int = HIGH_WATER_MARK
    turn: str = ""


class Picture(NamedTuple):
    """What is to be seen of an exchange."""

    client: Sequence[Line] = ()
    sent: Sequence[WireLine] = ()
    received: Sequence[WireLine] = ()
    server: Sequence[Line] = ()
    progress: Progress = Progress()


class _Passed:
    """What went through one way: its first bytes, and how many there were."""

    def __init__(self) -> None:
        self.start = bytearray()
        self.size = 0

    def take(self, data: bytes) -> None:
        self.size += len(data)
        self.start += data[: MAX_WIRE - len(self.start)]


class Slowed:
    """Sends `draft` at `pace`, once; redirects are not followed."""

    def __init__(self, draft: Draft, pace: Pace) -> None:
        self.pace = pace
        self._agent = paced(_agent_of(draft), pace)
        # Who watches slowly must not run into a limit of time.
        self.draft = draft.delivered(agent=self._agent, timeout=0, idle=0, follow=False, download=None)
        self._sending = Sending(self.draft)
        self._pending: concurrent.futures.Future[Exchange] | None = None
        self._began = perf_counter()
        self._ended: float | None = None
        self._client: list[Line] = []
        # Of the last line of 'data': its pieces, their bytes, and when the last one came.
        self._pieces = self._bytes = 0
        self._last_data = 0.0
        self._events = _EventReader()
        self._passed = {"sent": _Passed(), "received": _Passed()}
        self._turn = ""
        self._far: PacedSide | None = None
        self._server_socket: Any = None
        self._served: ServerObserver | None = None
        self._served_at = 0.0

    # --- from beginning to end

    def start(self) -> None:
        """Send it; returns at once."""
        CLIENT_REQUEST_CREATED.subscribe(self._on_client_request)
        SERVER_REQUEST_START.subscribe(self._on_server_request)
        self.pace.on("connection", self._on_connection)
        self._pending = self._sending.home.start(self._run())
        self._pending.add_done_callback(self._on_ended)

    async def _run(self) -> Exchange:
        try:
            return await self._sending.run()
        finally:
            # Not before: a request that is given up may still be given a connection, which is not to be kept.
            self._agent.keepAlive = False
            self._agent.destroy()

    def stop(self) -> None:
        """Give it up, and free its connection."""
        if self._pending is not None:
            self._pending.cancel()

    def wait(self, seconds: float) -> bool:
        """Whether it is over, after waiting for that."""
        assert self._pending is not None
        return bool(concurrent.futures.wait([self._pending], seconds).done)

    @property
    def is_over(self) -> bool:
        return self._pending is not None and self._pending.done()

    def result(self) -> Exchange:
        """The exchange, once it is over. Raises what `Sending.run` raises, and CancelledError after `stop`."""
        assert self._pending is not None
        return self._pending.result()

    @property
    def so_far(self) -> Exchange:
        """The exchange as it is now."""
        if (so_far := self._sending.so_far) is not None:
            return so_far
        draft = self.draft
        return Exchange(SentRequest(draft.method, draft.url, draft.raw_headers, draft.payload), NO_RESPONSE)

    def _on_ended(self, _: object) -> None:
        self._ended = perf_counter()
        CLIENT_REQUEST_CREATED.unsubscribe(self._on_client_request)
        SERVER_REQUEST_START.unsubscribe(self._on_server_request)

    # --- what happens

    def _ms(self) -> float:
        return ((self._ended or perf_counter()) - self._began) * 1000

    def _note(self, what: str, text: str = "") -> None:
        if len(self._client) < MOST_LINES or what in _ENDS:
            self._client.append(Line(self._ms(), what, text))

    def _on_client_request(self, message: dict[str, Any], _: str) -> None:
        req = message["request"]
        if req.agent is not self._agent:
            return
        self._began = perf_counter()
        self._note("http.request()", "asked")
        req.on("socket", lambda *_: self._note("'socket'", "has a socket"))
        req.on("finish", lambda: self._note("'finish'", "request handed over"))
        req.on("information", lambda info: self._note("'information'", str(info.statusCode)))
        req.on("response", self._on_response)
        req.on("error", lambda error: self._note("'error'", str(getattr(error, "code", "")) or type(error).__name__))

    def _on_response(self, res: Any) -> None:
        self._note("'response'", str(res.statusCode))
        kind = str(res.headers.get("content-type", ""))
        self._events.is_on = kind.startswith("text/event-stream") and "content-encoding" not in res.headers
        tee(res, "push", self._on_data)
        res.on("end", lambda: self._note("'end'", "the answer is complete"))

    def _on_data(self, chunk: Any, *_: Any, **__: Any) -> None:
        if not isinstance(chunk, bytes):
            return
        now, last = self._ms(), self._client[-1]
        if last.what == "'data'" and now - self._last_data < _TOGETHER:
            self._pieces, self._bytes = self._pieces + 1, self._bytes + len(chunk)
            self._client[-1] = last._replace(text=f"{counted(self._bytes)} in {self._pieces} pieces")
        else:
            self._pieces, self._bytes = 1, len(chunk)
            self._note("'data'", counted(len(chunk)))
        self._last_data = now
        for event in self._events.take(chunk):
            self._note(f"event: {event.event}", event.data)

    def _on_connection(self, near: EventEmitter, far: PacedSide, socket: Any) -> None:
        self._far, self._server_socket = (far, socket) if socket is not None else (None, None)
        near.on("through", partial(self._on_through, "sent"))
        far.on("through", partial(self._on_through, "received"))

    def _on_through(self, way: str, data: bytes) -> None:
        self._turn = way
        self._passed[way].take(data)

    def _on_server_request(self, message: dict[str, Any], _: str) -> None:
        if message["socket"] is self._server_socket and self._served is None:
            self._served_at = self._ms()
            self._served = ServerObserver(message["request"], message["response"], message["server"].SCHEME)

    # --- what is to be seen

    @property
    def where(self) -> str:
        """'here' if the server is one of this program, whose side can be seen, 'elsewhere', or '' before it answers."""
        if self._server_socket is not None:
            return "here"
        return "elsewhere" if self._passed["received"].size else ""

    def picture(self) -> Picture:
        """What is to be seen of it now, without its secrets; may be asked from any thread."""
        exchange = self.so_far
        sent, received = (self._wire(way, exchange) for way in ("sent", "received"))
        client = [_veiled(line, exchange) for line in self._client[:]]
        moments = self._served.moments() if self._served is not None else ()
        return Picture(client, sent, received, list(_server_lines(moments, self._served_at)), self._progress(exchange))

    def _wire(self, way: str, exchange: Exchange) -> list[WireLine]:
        passed = self._passed[way]
        data = bytes(passed.start)
        if not data:
            return []
        size = passed.size if len(data) == MAX_WIRE else len(data)
        # As long as it goes on, the end may be the start of a secret.
        is_whole = self.is_over and exchange.complete and size == len(data)
        shown = rows(data, size if is_whole else size + 1, exchange, response=way == "received")
        lines = list(map(_wire_line, shown))
        if size > len(data):
            more = f"{counted(size - len(data))} more went through"
            lines.append(WireLine("more", "not kept", more, ()))
        return lines

    def _progress(self, exchange: Exchange) -> Progress:
        sent, received = self._passed["sent"], self._passed["received"]
        return Progress(
            round(self._ms(), -2),
            sent.size,
            max(exchange.wire.sent_size, sent.size) or None,
            received.size,
            _whole_size(exchange, received),
            None if self._far is None else self._far.in_the_pipe,
            turn="" if self.is_over else self._turn,
        )


class _EventReader:
    """Finds the server-sent events in the bytes of a body, as they come."""

    def __init__(self) -> None:
        self.is_on = False
        self._text = b""

    def take(self, chunk: bytes) -> Iterable[Any]:
        if not self.is_on:
            return ()
        self._text += chunk
        # Half of a CR LF would be one line end, and the other half another.
        whole = self._text.removesuffix(b"\r")
        ends = [found.end() for found in _EVENT_END.finditer(whole)]
        if not ends:
            self._text = self._text[-MAX_PENDING:]
            return ()
        # No character is cut at the end of a line.
        end = ends[-1]
        text, self._text = self._text[:end], self._text[end:]
        return parse_events(text.decode("utf-8", "replace"))


def _agent_of(draft: Draft) -> Agent:
    """An agent of its own, with the options of the one that would carry the draft."""
    scheme = "https" if draft.url[:6].lower() == "https:" else "http"
    kind = TlsAgent if scheme == "https" else Agent
    usual = agent_for(draft.delivery, scheme) or global_agent(kind)
    return kind({**usual.options, "keepAlive": True, "timeout": None})


def _server_lines(moments: Sequence[Moment], began: float) -> Iterator[Line]:
    """What the server did; whether a `write` was one too many is said along with it."""
    is_told = False
    for moment, following in zip_longest(moments, moments[1:]):
        after = following.what if following is not None else ""
        at = began + moment.at
        if moment.what == "write":
            is_told = after == "full"
            yield _write_line(at, moment.size, after)
        elif not (moment.what == "full" and is_told):
            yield Line(at, *_SERVER_WORDS.get(moment.what, ("'data'", counted(moment.size))))


def _write_line(at: float, size: int, after: str) -> Line:
    if after == "full":
        return Line(at, "write() → False", f"{counted(size)}: full, waits for 'drain'")
    # What `end()` writes has nothing that could go on.
    return Line(at, "write()", counted(size) if after == "finish" else f"{counted(size)}, goes on")


_SERVER_WORDS = {
    "request": ("'request'", "the handler is called"),
    "full": ("write() → False", "full, waits for 'drain'"),
    "drain": ("'drain'", "there is room again"),
    "finish": ("'finish'", "all is handed over"),
}


def _veiled(line: Line, exchange: Exchange) -> Line:
    """What came over the wire without secrets, and with control characters that are seen."""
    what, text = (visible(exchange.veil.text(each)) for each in (line.what, line.text))
    return line._replace(what=what[:MAX_DATA], text=f"{text[:MAX_DATA]}…" if len(text) > MAX_DATA else text)


def counted(count: int) -> str:
    return f"{count:,} byte{'' if count == 1 else 's'}"


# --- the wire


def _wire_line(row: Row) -> WireLine:
    part = next((piece.part for piece in row if piece.part.kind in _LABELS), row[0].part)
    note = ""
    if part.kind in ("size", "end") and not part.name.endswith(", cut"):
        note = _SPEC.sub("", part.meaning).replace("`", "")
    pieces = tuple((piece.part.kind, visible(piece.text)) for piece in row if piece.text)
    return WireLine(part.kind, _LABELS.get(part.kind, "line"), note, pieces)


def _whole_size(exchange: Exchange, received: _Passed) -> int | None:
    """How many bytes the answer has with its head, if it says so."""
    length = str(exchange.headers.get("content-length", ""))
    head = received.start.find(b"\r\n\r\n") + 4
    return head + int(length) if length.isdecimal() and head > 3 and exchange.request.method != "HEAD" else None


def stopped(exchange: Exchange) -> Exchange:
    """An exchange that was given up."""
    return replace(exchange, complete=False)
