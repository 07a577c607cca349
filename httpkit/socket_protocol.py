"""SocketProtocol: what asyncio calls, passed on to the stream of a connection."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from .errors import report

if TYPE_CHECKING:
    from .transport_stream import TransportStream


class SocketProtocol(asyncio.Protocol):
    """What asyncio calls; every call is followed by the ticks it left, as every callback of Node is."""

    def __init__(self, socket: TransportStream) -> None:
        self.socket = socket
        self.home = socket._home

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.home.enter(self.socket._opened, transport)

    def data_received(self, data: bytes) -> None:
        where = self.home
        where.draining = True
        socket = self.socket
        socket.bytesRead += len(data)
        try:
            handler = socket._handler
            if handler is None:
                socket._received(data)
            else:
                handler.data(data)
        except Exception as exc:  # noqa: BLE001 - a mistake of ours must not take the loop down, only this connection
            report(exc)
            socket.destroy()
        except SystemExit as exc:
            where.uncaught(exc)
        where.run_ticks()

    def eof_received(self) -> bool:
        self.home.enter(self.socket._ended)
        # Keep the writing side open: whether to answer a half-closed connection is not asyncio's to decide.
        return True

    def pause_writing(self) -> None:
        self.socket._full = True

    def resume_writing(self) -> None:
        # In a callback of its own: asyncio cannot have its transport closed while it tells us this.
        self.home.loop.call_soon(self.home.enter, self.socket._emptied)

    def connection_lost(self, exc: Exception | None) -> None:
        self.home.enter(self.socket._lost, exc)
