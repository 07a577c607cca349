"""WebSocket: messages both ways over one connection, as browsers and Node know it.

The opening handshake is a request of httpkit's own client; when the server has agreed, its socket is handed to a
`Connection`, which speaks frames. No extension is offered, so nothing is compressed.

Messages go to the 'message' listeners. Where there are none they wait for the iteration, or for a listener another
thread adds too late: up to 1 MiB; then an iteration makes the server wait, and without one the oldest are let go.

Source: https://websockets.spec.whatwg.org/, RFC 6455, and undici, whose classes Node exports
"""

from __future__ import annotations

import asyncio
import base64
import os
from collections import deque
from collections.abc import Generator, Mapping
from threading import get_ident
from typing import Any, ClassVar, Self

from . import https
from .abort import Event
from .checks import integer
from .client_request import ClientRequest
from .encodings import utf8
from .errors import NodeError, NodeRangeError, wrong_type
from .events import Listener
from .incoming import IncomingMessage
from .loop import Resident, home, on_loop
from .net import Socket
from .request_options import Options
from .websocket_connection import Connection, failure
from .websocket_events import CloseEvent, ErrorEvent, MessageEvent
from .websocket_frames import MAX_FRAGMENTS, MAX_PAYLOAD, Close, CloseCode, FrameReader, Opcode
from .websocket_handshake import address, disagreement, handshake_headers, subprotocols, syntax_error

__all__ = ["CloseEvent", "ErrorEvent", "MessageEvent", "WebSocket"]

_OPENING_MS = 300_000
# What may wait for somebody to ask, and what a message weighs besides its data.
_INBOX_BYTES = 1024 * 1024
_OVERHEAD = 128


class _EventHandler:
    """A property that holds one listener: `ws.onmessage = print`."""

    def __set_name__(self, owner: type, name: str) -> None:
        self.event = name.removeprefix("on")

    def __get__(self, ws: WebSocket | None, owner: type) -> Any:
        return self if ws is None else ws._handlers.get(self.event)

    def __set__(self, ws: WebSocket, listener: Listener | None) -> None:
        before = ws._handlers.pop(self.event, None)
        if before is not None:
            ws.off(self.event, before)
        if callable(listener):
            ws._handlers[self.event] = listener
            ws.addEventListener(self.event, listener)


class WebSocket(Resident):
    """A connection that brings and takes messages: 'open', 'message', 'error', 'close'.

    `WebSocket(url, protocols)` or `WebSocket(url, {'protocols', 'headers', 'maxPayloadSize', 'maxFragments', …})`, also
    as keywords; what else is given (`agent`, `ca`, …) are options of the request. A message is at most
    `maxPayloadSize` (128 MiB) long. Awaiting it waits until it is open, `async with` closes it in the end, `async for`
    gives the messages, str or bytes, ends with the connection, and raises the error where that failed.

    Raises SYNTAX_ERR for a URL or a subprotocol that is none, ERR_INVALID_ARG_TYPE and ERR_INVALID_ARG_VALUE.

    Source: https://websockets.spec.whatwg.org/#the-websocket-interface
    """

    ONE_SHOT = frozenset({"open", "error", "close"})
    CONNECTING: ClassVar[int] = 0
    OPEN: ClassVar[int] = 1
    CLOSING: ClassVar[int] = 2
    CLOSED: ClassVar[int] = 3

    readyState = CONNECTING
    protocol = ""
    extensions = ""
    bufferedAmount = 0

    onopen = _EventHandler()
    onmessage = _EventHandler()
    onerror = _EventHandler()
    onclose = _EventHandler()

    _binary_type = "blob"
    _connection: Connection | None = None
    _error: BaseException | None = None
    _was_open = False
    # Whether messages nobody listens for may still be asked for, and whether somebody does.
    _keeps = False
    _iterated = False
    _inbox_bytes = 0

    def __init__(self, url: Any, protocols: Any = None, **more: Any) -> None:
        wanted: Options = {**(protocols if isinstance(protocols, Mapping) else {"protocols": protocols}), **more}
        where, self.url, self._origin = address(str(url))
        self._offered = subprotocols(wanted.pop("protocols", None))
        self._key = base64.b64encode(os.urandom(16)).decode()
        self._reader = FrameReader(
            _limit(wanted, "maxPayloadSize", MAX_PAYLOAD), _limit(wanted, "maxFragments", MAX_FRAGMENTS)
        )
        headers = handshake_headers(wanted.pop("headers", None), self._key, self._offered)
        super().__init__()
        self._live_with(wanted.get("agent"))
        self._keeps = self._happened is not None
        self._handlers: dict[str, Listener] = {}
        self._inbox: deque[MessageEvent] = deque()
        self._watchers: list[asyncio.Future[None]] = []
        # A connection of its own, unless the user brings one: those of a pool may have gone stale.
        agent = None if "createConnection" in wanted else False
        self._home.call(self._begin, {"agent": agent, **wanted, **where, "headers": headers, "method": "GET"})

    def __repr__(self) -> str:
        state = ("CONNECTING", "OPEN", "CLOSING", "CLOSED")[self.readyState]
        return f"<WebSocket {self._origin} {state}{f': {self._error}' if self._error else ''}>"

    def _live_with(self, agent: Any) -> None:
        self._home = getattr(agent, "_home", self._home)
        if self._home is not home():
            self._happened = {}

    @property
    def binaryType(self) -> str:
        """'blob' or 'arraybuffer'; binary messages are bytes either way."""
        return self._binary_type

    @binaryType.setter
    def binaryType(self, kind: str) -> None:
        self._binary_type = "arraybuffer" if kind == "arraybuffer" else "blob"

    def addEventListener(
        self, name: str, listener: Listener, options: Mapping[str, Any] | bool | None = None, *, once: bool = False
    ) -> None:
        """Call `listener` with each Event, or once, with the option `once`; one that is there already stays one."""
        if self.listenerCount(name, listener):
            return
        if once or (isinstance(options, Mapping) and options.get("once")):
            self.once(name, listener)
        else:
            self.on(name, listener)

    def removeEventListener(self, name: str, listener: Listener, options: Any = None) -> None:
        """Call `listener` no more."""
        self.off(name, listener)

    @on_loop
    def send(self, data: Any) -> None:
        """Send a message: a text (str), or bytes. Once the connection is closing it goes nowhere.

        Raises INVALID_STATE_ERR before it is open, ERR_INVALID_ARG_TYPE.
        """
        opcode, payload = _payload(data)
        if self.readyState == self.CONNECTING:
            raise NodeError("Sent before connected: wait for 'open', or await the WebSocket.", "INVALID_STATE_ERR")
        if self.readyState == self.OPEN and self._connection is not None:
            self.bufferedAmount += len(payload)
            self._connection.send(opcode, payload, lambda *_: self._sent(len(payload)))

    def _sent(self, length: int) -> None:
        self.bufferedAmount -= length

    @on_loop
    def close(self, code: int | None = None, reason: str | None = None) -> None:
        """Say goodbye; 'close' follows once the server has answered and hung up, or after 10 s.

        `code` is 1000 or 3000 to 4999, `reason` at most 123 bytes. Raises INVALID_ACCESS_ERR and SYNTAX_ERR.
        """
        _check_close(code, reason or "")
        if self.readyState == self.CONNECTING:
            self._fail(failure("Closed before the connection was established."))
        elif self.readyState == self.OPEN and self._connection is not None:
            self._connection.close(code, reason or "")

    # --- opening

    def _begin(self, options: Options) -> None:
        req = https.request(options) if options["protocol"] == "https:" else ClientRequest(options)
        self._request = req
        self._opening = self._home.later(_OPENING_MS, self._fail, failure(f"Not open after {_OPENING_MS} ms."))
        req.on("upgrade", self._agreed)
        req.on("response", self._refused)
        req.on("error", self._fail)
        req.end()

    def _refused(self, res: IncomingMessage) -> None:
        self._fail(failure(self._disagreement(res) or "Got a response, expected an upgrade."))

    def _disagreement(self, res: IncomingMessage) -> str | None:
        return disagreement(res.statusCode, res.headers, self._key, self._offered)

    def _agreed(self, res: IncomingMessage, socket: Socket, head: bytes) -> None:
        if self.readyState != self.CONNECTING:
            # Given up in the same turn.
            socket.destroy()
            return
        self._connection = connection = Connection(self, socket, self._reader)
        refusal = self._disagreement(res)
        if refusal is not None:
            self._fail(failure(refusal))
            return
        self._opening.cancel()
        self._was_open = True
        self.readyState = self.OPEN
        self.protocol = res.headers.get("sec-websocket-protocol", "")
        self._fire(Event("open", self))
        self._wake()
        connection.data(head)

    # --- what the connection tells

    def _received(self, data: str | bytes) -> None:
        if self.readyState != self.OPEN or not (self._keeps or self.listenerCount("message")):
            return
        self._inbox.append(MessageEvent("message", data=data, origin=self._origin, target=self))
        self._inbox_bytes += len(data) + _OVERHEAD
        self._tell_inbox()
        self._bound_inbox()
        self._wake()

    def _fail(self, err: BaseException) -> None:
        """Give the connection up, for `err`."""
        if self.readyState == self.CLOSED:
            return
        self._error = self._error or err
        if self._connection is not None:
            self._connection.socket.destroy()
        else:
            self._request.destroy()
            self._home.next_tick(self._over)
        self.readyState = self.CLOSING

    def _over(self, err: BaseException | None = None, said: Close | None = None) -> None:
        """The connection is gone; cleanly if the server has `said` goodbye."""
        if self.readyState == self.CLOSED:
            return
        self._opening.cancel()
        self.readyState = self.CLOSED
        if said is None:
            code, reason = int(CloseCode.ABNORMAL), ""
            self._error = self._error or err or failure("The connection was lost: the server did not say goodbye.")
            self._fire(ErrorEvent("error", self._error, target=self))
        else:
            code, reason = said.code or int(CloseCode.NONE_GIVEN), said.reason
        self._fire(CloseEvent("close", code=code, reason=reason, wasClean=said is not None, target=self))
        self._wake()

    def _fire(self, event: Event) -> None:
        self._emit_safely(event.type, event)

    def _before_error(self, args: tuple[Any, ...]) -> None:
        """As in Node, an 'error' of a WebSocket that nobody listens for is none."""

    # --- messages that wait

    def _add(self, name: str, listener: Listener, stored: Listener, *, first: bool = False) -> Self:
        super()._add(name, listener, stored, first=first)
        if name == "message" and get_ident() == self._home.thread_id:
            self._home.next_tick(self._tell_inbox)
        return self

    def _tell_inbox(self) -> None:
        while self._inbox and self.listenerCount("message"):
            self._fire(self._take())

    def _take(self) -> MessageEvent:
        event = self._inbox.popleft()
        self._inbox_bytes -= len(event.data or "") + _OVERHEAD
        if self._inbox_bytes < _INBOX_BYTES and self._connection is not None:
            self._connection.resume("inbox")
        return event

    def _bound_inbox(self) -> None:
        if self._iterated and self._inbox_bytes >= _INBOX_BYTES and self._connection is not None:
            self._connection.pause("inbox")
        # The newest stays, however long it is.
        while not self._iterated and self._inbox_bytes > _INBOX_BYTES and len(self._inbox) > 1:
            self._take()

    # --- awaiting and iterating

    def __await__(self) -> Generator[Any, None, Self]:
        return self._home.wait(self._opened()).__await__()

    async def _opened(self) -> Self:
        self._keeps = True
        try:
            while not self._was_open and self.readyState != self.CLOSED:
                await self._change()
        except asyncio.CancelledError:
            if self.readyState == self.CONNECTING:
                self.close()
            raise
        if not self._was_open and self._error is not None:
            raise self._error
        return self

    async def __aenter__(self) -> Self:
        return await self

    async def __aexit__(self, *exc: object) -> None:
        self.close()
        await self._home.wait(self._closed())

    async def _closed(self) -> None:
        while self.readyState != self.CLOSED:
            await self._change()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> str | bytes:
        return await self._home.wait(self._next())

    async def _next(self) -> Any:
        self._keeps = self._iterated = True
        while not self._inbox:
            if self.readyState == self.CLOSED:
                raise self._error or StopAsyncIteration
            await self._change()
        return self._take().data

    async def _change(self) -> None:
        """Until something has happened."""
        watcher: asyncio.Future[None] = self._home.loop.create_future()
        self._watchers.append(watcher)
        await watcher

    def _wake(self) -> None:
        watchers, self._watchers = self._watchers, []
        for watcher in watchers:
            if not watcher.done():
                watcher.set_result(None)


def _payload(data: Any) -> tuple[Opcode, bytes]:
    if isinstance(data, str):
        return Opcode.TEXT, utf8(data)
    try:
        return Opcode.BINARY, bytes(memoryview(data))
    except TypeError:
        raise wrong_type("data", "of type str or bytes", data) from None


def _check_close(code: Any, reason: Any) -> None:
    if isinstance(code, bool) or not isinstance(code, int | None):
        raise wrong_type("code", "of type int", code)
    if code is not None and code != 1000 and not 3000 <= code <= 4999:
        raise NodeRangeError(f"Got close code {code}, expected 1000 or 3000 to 4999.", "INVALID_ACCESS_ERR")
    if not isinstance(reason, str):
        raise wrong_type("reason", "of type str", reason)
    if len(utf8(reason)) > 123:
        raise syntax_error(f"Got a reason of {len(utf8(reason))} bytes, expected at most 123.")


def _limit(wanted: Options, name: str, default: int) -> int:
    return integer(f"options.{name}", wanted.pop(name, default), least=1)
