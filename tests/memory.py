"""A connection without a network: bytes go into a server and its answer comes out, in the same turn of the loop."""

from __future__ import annotations

import asyncio
from typing import Any

from httpkit.net import Socket
from httpkit.net_server import _AcceptedProtocol
from httpkit.server import Server


class MemoryTransport(asyncio.Transport):
    """Keeps what is written; everything is flushed at once unless `full` says otherwise."""

    def __init__(self, protocol: asyncio.Protocol) -> None:
        super().__init__()
        self.protocol = protocol
        self.written = b""
        self.closed = False
        self.reading = True
        self.ended = False

    def write(self, data: Any) -> None:
        self.written += data

    def get_write_buffer_size(self) -> int:
        return 0

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        pass

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return {"peername": ("127.0.0.1", 50000), "sockname": ("127.0.0.1", 80)}.get(name, default)

    def is_closing(self) -> bool:
        return self.closed

    def pause_reading(self) -> None:
        self.reading = False

    def resume_reading(self) -> None:
        self.reading = True

    def can_write_eof(self) -> bool:
        return True

    def write_eof(self) -> None:
        self.ended = True

    def close(self) -> None:
        if not self.closed:
            self.closed = True
            self.protocol.connection_lost(None)

    abort = close


class Connection:
    """The client's end of a connection to `server`."""

    def __init__(self, server: Server) -> None:
        self.protocol = _AcceptedProtocol(Socket(server._home), server)
        self.transport = MemoryTransport(self.protocol)
        self.protocol.connection_made(self.transport)

    def send(self, *packets: bytes) -> bytes:
        """What the server has written by the time it has read `packets`, since the last call."""
        for packet in packets:
            if not self.transport.closed:
                self.protocol.data_received(packet)
        written, self.transport.written = self.transport.written, b""
        return written

    def end(self) -> bytes:
        self.protocol.eof_received()
        return self.send()

    @property
    def closed(self) -> bool:
        return self.transport.closed
