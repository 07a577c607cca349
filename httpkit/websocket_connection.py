"""One WebSocket on a socket: the frames that come become what the WebSocket tells, what it says becomes frames."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from .errors import NodeError
from .net import Callback, Socket
from .websocket_frames import Close, FrameError, FrameReader, Message, Opcode, Ping, close_payload, frame

if TYPE_CHECKING:
    from .websocket import WebSocket

# How long a server may take to end a connection that is closing.
_CLOSING_MS = 10_000


class Connection:
    """Speaks frames over a socket whose bytes it takes, and tells the WebSocket what comes."""

    def __init__(self, ws: WebSocket, socket: Socket, reader: FrameReader) -> None:
        self.ws = ws
        self.socket = socket
        self._reader = reader
        self._said_goodbye = False
        self._heard: Close | None = None
        self._pauses: set[str] = set()
        self._closing: asyncio.TimerHandle | None = None
        socket._handler = self

    # --- what the socket tells

    def data(self, data: bytes) -> None:
        try:
            # After its goodbye whatever a server sends means nothing.
            for got in self._reader.feed(data) if self._heard is None else ():
                self._got(got)
                if self.socket.destroyed:
                    return
        except FrameError as err:
            self.close(err.code, err.reason)
            self.ws._fail(failure(f"{err.reason}: closed with {int(err.code)}."))

    def eof(self) -> None:
        self._end_soon()
        self.socket.destroySoon()

    def drained(self) -> None:
        self.resume("pongs")

    def timed_out(self) -> None:
        """A quiet connection is as good as any."""

    def closed(self, err: BaseException | None) -> None:
        if self._closing is not None:
            self._closing.cancel()
        self.ws._over(err, self._heard)

    # --- what the server says

    def _got(self, got: Message | Ping | Close) -> None:
        match got:
            case Message(data):
                self.ws._received(data)
            case Ping(payload):
                if not self._said_goodbye and not self.send(Opcode.PONG, payload):
                    # A server that asks and never reads must not fill our memory with answers.
                    self.pause("pongs")
            case Close(code):
                self._heard = got
                self.close(code)

    # --- what we say

    def send(self, opcode: Opcode, payload: bytes, callback: Callback | None = None) -> bool:
        """Send one frame; False when the buffer is full."""
        return self.socket.send(frame(opcode, payload), callback)

    def close(self, code: int | None = None, reason: str = "") -> None:
        """Say goodbye, once; from now on messages are not wanted."""
        self.ws.readyState = self.ws.CLOSING
        if not self._said_goodbye:
            self._said_goodbye = True
            if self.socket.writable:
                self.send(Opcode.CLOSE, close_payload(code, reason))
        self._pauses.clear()
        self.socket.start_reading()
        self._end_soon()

    def _end_soon(self) -> None:
        """It is the server's to end the connection; if it does not, we do."""
        if self._closing is None:
            self._closing = self.socket._home.later(_CLOSING_MS, self.socket.destroy)

    # --- how fast

    def pause(self, reason: str) -> None:
        """Let the server wait, until each reason for it is gone."""
        self._pauses.add(reason)
        self.socket.stop_reading()

    def resume(self, reason: str) -> None:
        if reason in self._pauses:
            self._pauses.remove(reason)
            if not self._pauses:
                self.socket.start_reading()


def failure(message: str) -> NodeError:
    """Why a WebSocket was given up."""
    return NodeError(message, "ERR_WEBSOCKET_FAILED")
