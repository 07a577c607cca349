"""DuplexTransport: any duplex stream in asyncio's dress, so that a Socket can stand on it.

What the stream tells is passed on in a callback of the loop of its own, as the bytes of a network are: the stream may
be in the middle of something when it emits, and it may live in another thread. What it needs: `on`, `write`, `end`,
`destroy`, `pause` and `resume`, and the events 'data', 'end', 'drain', 'error' and 'close'.

Source: Node's lib/internal/js_stream_socket.js
"""

from __future__ import annotations

import asyncio
from asyncio import AbstractEventLoop
from typing import Any

from .constants import HIGH_WATER_MARK
from .errors import error, raisable


class DuplexTransport(asyncio.Transport):
    """Writes into a duplex stream, and tells a protocol what the stream emits."""

    def __init__(self, duplex: Any, loop: AbstractEventLoop, protocol: asyncio.BaseProtocol) -> None:
        super().__init__()
        self._duplex = duplex
        self._loop = loop
        self._protocol: Any = protocol
        self._high = HIGH_WATER_MARK
        # `write` answered False, and 'drain' is not there yet.
        self._full = False
        # The protocol wants no more of it; the stream is gone.
        self._closing = False
        self._is_lost = False

    def __repr__(self) -> str:
        return f"<DuplexTransport over {self._duplex!r}>"

    def start(self) -> None:
        """Listen to the stream, and let its data flow."""
        duplex = self._duplex
        duplex.pause()
        duplex.on("data", self._on_data)
        duplex.on("end", self._on_end)
        duplex.on("drain", self._on_drain)
        duplex.on("error", self._on_error)
        duplex.on("close", self._on_close)
        if getattr(duplex, "readableEnded", False):
            self._on_end()
        if getattr(duplex, "destroyed", False):
            self._on_close()
        duplex.resume()

    # --- what the stream tells

    def _on_data(self, chunk: Any) -> None:
        if self.is_closing():
            return
        in_objects = getattr(self._duplex, "readableObjectMode", False)
        if in_objects or not isinstance(chunk, (bytes, bytearray, memoryview)):
            self._on_error(error("ERR_STREAM_WRAP"))
        else:
            self._tell(self._deliver, bytes(chunk))

    def _on_end(self, *_: Any) -> None:
        self._tell(self._deliver_end)

    def _on_drain(self, *_: Any) -> None:
        if self._full:
            self._full = False
            self._tell(self._protocol.resume_writing)
            if self._closing:
                self._destroy_when_finished()

    def _on_error(self, err: Any = None, *_: Any) -> None:
        self._lose(raisable(err))
        self._duplex.destroy()

    def _on_close(self, *_: Any) -> None:
        self._lose(None)

    def _tell(self, function: Any, *args: Any) -> None:
        self._loop.call_soon_threadsafe(function, *args)

    def _deliver(self, data: bytes) -> None:
        if not self._closing:
            self._protocol.data_received(data)

    def _deliver_end(self) -> None:
        if not self._closing and not self._protocol.eof_received():
            self.close()

    def _lose(self, exc: BaseException | None) -> None:
        if not self._is_lost:
            self._is_lost = True
            self._tell(self._protocol.connection_lost, exc)

    # --- what a protocol asks

    def write(self, data: Any) -> None:
        if self.is_closing() or not data:
            return
        try:
            took_it = self._duplex.write(bytes(data))
        except Exception as exc:  # noqa: BLE001 - it is the user's stream: whatever it raises ends the connection
            self._on_error(exc)
            return
        if took_it is False and not self._full:
            self._full = True
            self._protocol.pause_writing()

    def can_write_eof(self) -> bool:
        return True

    def write_eof(self) -> None:
        if not self.is_closing():
            self._duplex.end()

    def close(self) -> None:
        if not self.is_closing():
            self._closing = True
            self._duplex.end()
            if not self._full:
                self._destroy_when_finished()

    def _destroy_when_finished(self) -> None:
        # A stream that does not tell whether it has finished has nothing left when it is not full.
        if getattr(self._duplex, "writableFinished", True):
            self.abort()
        else:
            self._duplex.on("finish", self.abort)

    def abort(self) -> None:
        self._closing = True
        self._lose(None)
        self._duplex.destroy()

    def is_closing(self) -> bool:
        return self._closing or self._is_lost

    def pause_reading(self) -> None:
        self._duplex.pause()

    def resume_reading(self) -> None:
        self._duplex.resume()

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return default

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        self._high = HIGH_WATER_MARK if high is None else high

    def get_write_buffer_size(self) -> int:
        # The stream has its own idea of how much is too much.
        return self._high if self._full else 0
