"""An observer watches one request, a client's or a server's, and can tell at any time what has happened so far.

It reads nothing that somebody else would miss: bodies and bytes are looked at as they pass. There is one observer for
each request however many ask for it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from time import perf_counter
from typing import Any, ClassVar
from urllib.parse import quote, urlsplit
from weakref import WeakSet

from .bodies import unchunked
from .client_request import ClientRequest
from .draft import Draft
from .headers import pairs_of
from .incoming import IncomingMessage
from .messages import (
    NO_RESPONSE,
    Information,
    Moment,
    Pairs,
    Phases,
    ReceivedResponse,
    SentRequest,
    SocketFacts,
    Wire,
)
from .net import Socket
from .payload import Payload, Spool
from .server_response import ServerResponse
from .tls import TLSSocket

_IN_URLS = "!#$%&'()*+,/:;=?@~"
# Bytes of the wire that are kept, each way.
MAX_WIRE = 65_536
# Bytes of a body that are kept of a request which is only looked at.
MAX_BODY = 10_000_000
# Answers before the answer that are kept of one request.
MOST_INFORMATION = 100
# Moments that are kept of one request: a stream goes on for ever.
MOST_MOMENTS = 1_000


def tee(owner: Any, name: str, look: Callable[..., None]) -> None:
    """Let `look` see the arguments of every call of `owner.name` on their way."""
    method = getattr(owner, name)

    def seen(*args: Any, **more: Any) -> Any:
        look(*args, **more)
        return method(*args, **more)

    setattr(owner, name, seen)


def tee_result(owner: Any, name: str, look: Callable[[Any], None]) -> None:
    """Let `look` see what every call of `owner.name` gives."""
    method = getattr(owner, name)

    def seen(*args: Any, **more: Any) -> Any:
        result = method(*args, **more)
        look(result)
        return result

    setattr(owner, name, seen)


class _Moments:
    """What happened, in ms since it was made."""

    def __init__(self) -> None:
        self._began = perf_counter()
        self._list: list[Moment] = []

    def note(self, what: str, size: int = 0) -> None:
        if len(self._list) < MOST_MOMENTS:
            self._list.append(Moment((perf_counter() - self._began) * 1000, what, size))

    def noted(self) -> tuple[Moment, ...]:
        return tuple(self._list)


class _Bytes:
    """The first bytes that went one way, and how many there were."""

    def __init__(self) -> None:
        self.size = 0
        self.start = bytearray()

    def take(self, data: bytes) -> None:
        self.size += len(data)
        if len(self.start) < MAX_WIRE:
            self.start += data[: MAX_WIRE - len(self.start)]


class _Marks(dict[str, float]):
    """When each step was done, in seconds of the performance counter; the first time counts."""

    def set(self, name: str) -> None:
        self.setdefault(name, perf_counter())

    def between(self, start: str, *ends: str) -> float | None:
        """ms from one step to the first of `ends` that has happened; None where neither or only one has."""
        end = next((self[name] for name in ends if name in self), None)
        return max(0.0, (end - self[start]) * 1000) if start in self and end is not None else None

    def until_now(self) -> _Marks:
        """The same with `now`, for steps that are still going on."""
        return _Marks(self, now=perf_counter())


# The sockets that have carried an exchange.
_seen: WeakSet[Socket] = WeakSet()


class ClientObserver:
    """Watches a ClientRequest; `draft` is what it was made from, where somebody knows."""

    side: ClassVar[str] = "client"

    def __init__(self, req: ClientRequest) -> None:
        self.req = req
        self.url = _url_of(req)
        self.draft: Draft | None = None
        # The exchanges that led here, where it follows redirects.
        self.redirects: tuple[Any, ...] = ()
        self.started_at = datetime.now(UTC)
        self.marks = _Marks(begun=perf_counter())
        self._moments = _Moments()
        self.received = Spool(MAX_BODY)
        self._sent, self._got = _Bytes(), _Bytes()
        self._sent_body = Spool(MAX_BODY)
        self._information: list[Information] = []
        self._res: IncomingMessage | None = None
        self._socket = SocketFacts()
        self._reuses = False
        if req._head_sent:
            # With `Expect` it is on its way at once.
            self._sent.take(req._head or b"")
        req._observer = self
        tee(req, "_send", self._on_send)
        req.on("socket", self._on_socket)
        req.on("finish", self._on_finish)
        req.on("information", self._on_information)
        req.on("close", lambda: self.marks.set("closed"))
        # Not a listener for 'response': a response that nobody listens for is thrown away, and has to be.
        tee(req, "_settle", self._on_settled)

    @classmethod
    def of(cls, req: ClientRequest) -> ClientObserver:
        """The observer of `req`, a new one where it has none."""
        return req._observer or cls(req)

    def knows(self, draft: Draft, received: Spool, redirects: Iterable[Any]) -> None:
        """What whoever makes the request knows of it: the draft, where the response's body goes, and what led to it."""
        self.draft, self.url, self.received, self.redirects = draft, draft.url, received, tuple(redirects)

    # --- what happens

    def _on_send(self, data: bytes, *_: Any) -> None:
        head = b"" if self.req._head_sent else self.req._head or b""
        self._sent.take(head)
        self._sent.take(data)
        if head or data:
            self._moments.note("write", len(head) + len(data))
        if self.draft is None:
            self._sent_body.write(data)

    def _on_finish(self) -> None:
        self._reach("sent", "finish")

    def _reach(self, mark: str, event: str) -> None:
        """A step is done, which Node has an event for."""
        self.marks.set(mark)
        self._moments.note(event)

    def _on_socket(self, socket: Socket) -> None:
        self._reach("socket", "socket")
        # Node's `reusedSocket` is for those that were idle, not for one that a request had waited for.
        self._reuses = self.req.reusedSocket or socket in _seen
        _seen.add(socket)
        if socket.connecting:
            socket.once("lookup", lambda *_: self._reach("looked up", "lookup"))
            socket.once("connect", lambda: self._reach("connected", "connect"))
            socket.once("secureConnect", lambda: self._reach("secured", "secureConnect"))
        if self.req._connection is not None:
            tee(self.req._connection, "data", self._on_data)

    def _on_data(self, data: bytes) -> None:
        if "first byte" not in self.marks:
            self.marks.set("first byte")
            self._look_at(self.req.socket)
        self._moments.note("data", len(data))
        self._got.take(data)

    def ends(self) -> tuple[str, str]:
        """The local and the remote end of the connection; empty before there is one."""
        socket = self.req.socket
        return _ends(socket) if socket is not None and not socket.connecting else ("", "")

    def _look_at(self, socket: Socket | None) -> None:
        if socket is None:
            return
        protocol = cipher = ""
        if isinstance(socket, TLSSocket):
            protocol = socket.getProtocol() or ""
            agreed = socket.getCipher()
            cipher = str(agreed["name"]) if agreed else ""
        self._socket = SocketFacts(*_ends(socket), self._reuses, protocol, cipher)

    def _on_information(self, info: Any) -> None:
        self._moments.note("information")
        if len(self._information) < MOST_INFORMATION:
            pairs = tuple(pairs_of(info.rawHeaders))
            self._information.append(Information(info.statusCode, info.statusMessage, pairs))

    def _on_settled(self, res: IncomingMessage | None, *_: Any) -> None:
        if res is not None and self._res is None:
            self._reach("answered", "response")
            self._res = res
            tee(res, "push", self._on_chunk)
            tee(res, "_received", lambda *_: self._reach("received", "end"))

    def _on_chunk(self, chunk: Any, *_: Any, **__: Any) -> None:
        # What comes over the wire is bytes; listeners may push what they like.
        if isinstance(chunk, bytes):
            self.received.write(chunk)

    # --- what is known

    @property
    def traffic(self) -> int:
        """Bytes that went over the wire so far, both ways."""
        return self._sent.size + self._got.size

    @property
    def complete(self) -> bool:
        return self._res is not None and self._res.complete and not self.received.is_cut

    def request(self) -> SentRequest:
        framed = self._sent_body.payload
        payload = self.draft.payload if self.draft else _unframed(framed, bool(self.req.chunkedEncoding))
        return SentRequest(self.req.method, self._sent_url(), _lines(self.req._head), payload)

    def _sent_url(self) -> str:
        """The URL with the target that stands in the request line, where spaces and the like are encoded."""
        path = self.req.path
        if self.draft is None or not path.startswith("/"):
            return self.url
        scheme, mark, rest = self.url.partition("://")
        authority = re.split(r"[/?#]", rest, maxsplit=1)[0]
        fragment = self.url.partition("#")
        return f"{scheme}{mark}{authority}{path}{fragment[1]}{fragment[2]}"

    def response(self) -> ReceivedResponse:
        res = self._res
        if res is None:
            return NO_RESPONSE if not self._information else _only(self._information)
        return ReceivedResponse(
            res.statusCode or 0,
            res.statusMessage or "",
            res.httpVersion or "",
            tuple(pairs_of(res.rawHeaders)),
            self.received.payload,
            tuple(pairs_of(res.rawTrailers)),
            tuple(self._information),
        )

    def phases(self) -> Phases:
        marks = self.marks.until_now()
        if "sent" in marks and "answered" in marks and marks["answered"] < marks["sent"]:
            # A server may answer before it has everything.
            marks = _Marks(marks, sent=marks["answered"])
        ready = next((name for name in ("secured", "connected", "socket") if name in marks), "begun")
        # Of what was upgraded nobody hears that it is whole: it is so at once.
        is_open = self._res is not None and not self._res.complete
        dialled = "looked up" if "looked up" in marks else "socket"
        return Phases(
            queue=marks.between("begun", "socket"),
            dns=marks.between("socket", "looked up"),
            connect=marks.between(dialled, "connected"),
            tls=marks.between("connected", "secured"),
            send=marks.between(ready, "sent", "answered"),
            # What came to nothing has no time: a failure tells by that how far it got.
            wait=marks.between("sent", "answered"),
            receive=marks.between("answered", "received", *(("closed", "now") if is_open else ())),
        )

    def wire(self) -> Wire:
        return Wire(bytes(self._sent.start), bytes(self._got.start), self._sent.size, self._got.size)

    def socket(self) -> SocketFacts:
        return self._socket

    def moments(self) -> tuple[Moment, ...]:
        return self._moments.noted()


class ServerObserver:
    """Watches a request that a server received, and its response."""

    side: ClassVar[str] = "server"
    draft: ClassVar[None] = None
    redirects: ClassVar[tuple[()]] = ()

    def __init__(self, req: IncomingMessage, res: ServerResponse, scheme: str) -> None:
        self.started_at = datetime.now(UTC)
        self.marks = _Marks(begun=perf_counter())
        self._moments = _Moments()
        self._moments.note("request")
        self.received = Spool(MAX_BODY)
        self._req, self._res = req, res
        self._sent, self._sent_body = _Bytes(), Spool(MAX_BODY)
        self._information: list[Information] = []
        socket = req.socket
        host = req.headers.get("host") or (f"{socket.localAddress}:{socket.localPort}" if socket else "localhost")
        self.url = _url(f"{scheme}://{host}", req.url)
        self._socket = SocketFacts(*_ends(socket)) if socket else SocketFacts()
        tee(req, "push", self._on_chunk)
        tee(res, "_send", self._on_send)
        tee_result(res, "write", self._on_write)
        res.on("drain", lambda: self._moments.note("drain"))
        res.on("finish", self._on_finish)
        res.on("close", lambda: self.marks.set("closed"))

    def _on_chunk(self, chunk: Any, *_: Any, **__: Any) -> None:
        # What comes over the wire is bytes; listeners may push what they like.
        if isinstance(chunk, bytes):
            self._moments.note("data", len(chunk))
            self.received.write(chunk)

    def _on_write(self, goes_on: bool) -> None:
        if not goes_on:
            self._moments.note("full")

    def _on_finish(self) -> None:
        self.marks.set("received")
        self._moments.note("finish")

    def _on_send(self, data: bytes, *_: Any) -> None:
        head = self._res._head
        first = head if head is not None and not self._res._head_sent else b""
        self._moments.note("write", len(first) + len(data))
        if head is None:
            status, reason = _status(data)
            self._information.append(Information(status, reason, _lines(data)))
        else:
            self.marks.set("answered")
            self._sent.take(first)
            self._sent_body.write(data)
        self._sent.take(data)

    @property
    def complete(self) -> bool:
        return self._res.writableFinished and not self._sent_body.is_cut

    def request(self) -> SentRequest:
        req = self._req
        return SentRequest(req.method or "", self.url, tuple(pairs_of(req.rawHeaders)), self.received.payload)

    def response(self) -> ReceivedResponse:
        res = self._res
        if res._head is None:
            return NO_RESPONSE if not self._information else _only(self._information)
        payload = _unframed(self._sent_body.payload, bool(res.chunkedEncoding))
        status, reason = _status(res._head)
        return ReceivedResponse(status, reason, "1.1", _lines(res._head), payload, information=tuple(self._information))

    def phases(self) -> Phases:
        marks = self.marks.until_now()
        going_on = () if self._res.destroyed else ("now",)
        return Phases(
            wait=marks.between("begun", "answered", *going_on),
            receive=marks.between("answered", "received", "closed", "now"),
        )

    def wire(self) -> Wire:
        return Wire(sent=bytes(self._sent.start), sent_size=self._sent.size)

    def socket(self) -> SocketFacts:
        return self._socket

    def moments(self) -> tuple[Moment, ...]:
        return self._moments.noted()


Observer = ClientObserver | ServerObserver


def _ends(socket: Socket) -> tuple[str, str]:
    """Both ends of a connection; empty where there are no addresses, as those of Unix sockets are none."""
    if socket.localAddress is None or socket.remoteAddress is None:
        return "", ""
    return f"{socket.localAddress}:{socket.localPort}", f"{socket.remoteAddress}:{socket.remotePort}"


def _status(head: bytes) -> tuple[int, str]:
    """The status code and the reason in the first line of a response that was made here."""
    _, code, reason = head.partition(b"\r\n")[0].decode("latin-1").split(" ", 2)
    return int(code), reason


def _lines(head: bytes | None) -> Pairs:
    lines = (head or b"").decode("latin-1").split("\r\n")[1:-2]
    return tuple((name, value.lstrip()) for name, _, value in (line.partition(":") for line in lines))


def _only(information: list[Information]) -> ReceivedResponse:
    return ReceivedResponse(0, "", "", (), information=tuple(information))


def _unframed(body: Payload, chunked: bool) -> Payload:
    if not chunked or not body:
        return body
    spool = Spool()
    for piece in unchunked(body.pieces()):
        spool.write(piece)
    return spool.payload


def _url_of(req: ClientRequest) -> str:
    return _url(f"{req.protocol}//{req._place}", req.path)


def _url(origin: str, target: str) -> str:
    """The URL of a request target: a path, a whole URL, the place of a CONNECT or `*` (RFC 9112 section 3.2)."""
    url = origin + target if target.startswith("/") else target if "://" in target else f"{origin}/{target}"
    try:
        urlsplit(url)
    except ValueError:
        # A Host header can say anything.
        return f"http://localhost/{quote(target.lstrip('/'), safe=_IN_URLS)}"
    return url
