"""Node's readable stream: bytes that arrive are pushed in, and wait until somebody wants them.

A stream is *flowing* (True: 'data' is emitted as bytes arrive), *paused* (False) or undecided (None: nobody has asked
yet). `push` answers False when more is buffered than `readableHighWaterMark`; whoever pushes then stops its source
until `_read` is called. That is all there is to back-pressure.

Source: https://nodejs.org/docs/latest-v24.x/api/stream.html#readable-streams
"""

from __future__ import annotations

import asyncio
import codecs
import json
from collections import deque
from collections.abc import AsyncIterator
from typing import Any, Self

from .constants import HIGH_WATER_MARK
from .encodings import decoder, to_bytes
from .errors import NodeError, connection_reset, error
from .events import Listener
from .headers import charset_of
from .loop import Resident, on_loop
from .pipe import Pipe

Chunk = bytes | str
# Inside the class `bytes` is the method.
_Bytes = bytes


class Readable(Resident):
    """A stream of bytes, or of str after `setEncoding`, to be read by listeners, by iteration or at once."""

    ONE_SHOT = frozenset({"end", "error", "close"})

    readable = True
    readableFlowing: bool | None = None
    readableEnded = False
    readableDidRead = False
    readableHighWaterMark = HIGH_WATER_MARK
    readableObjectMode = False
    destroyed = False
    closed = False
    errored: BaseException | None = None

    _chunks: deque[Chunk] | None = None
    _length = 0
    _eof = False
    _ending = False
    _explicitly_paused = False
    _resuming = False
    _wants_more = False
    _decoder: codecs.IncrementalDecoder | None = None
    _encoding: str | None = None
    _waiter: asyncio.Future[None] | None = None
    _pipes: tuple[Pipe, ...] = ()
    _whole: asyncio.Task[_Bytes] | None = None

    # --- for those who read

    @property
    def readableLength(self) -> int:
        return self._length

    @property
    def readableEncoding(self) -> str | None:
        return self._encoding

    @property
    def readableAborted(self) -> bool:
        return self.destroyed and not self.readableEnded

    @on_loop
    def read(self, size: int | None = None) -> Chunk | None:
        """What is buffered, or `size` bytes of it; None when there is not enough yet."""
        self.readableDidRead = True
        if size is not None:
            self.readableHighWaterMark = max(size, self.readableHighWaterMark)
        chunk = self._take(size)
        if self._length < self.readableHighWaterMark:
            self._ask_for_more()
        if chunk is not None:
            self._emit_safely("data", chunk)
        self._end_if_drained()
        return chunk

    @on_loop
    def resume(self) -> Self:
        """Let the data flow; without a 'data' listener it is thrown away."""
        self._explicitly_paused = False
        if self.readableFlowing is not True:
            self.readableFlowing = not self.listenerCount("readable")
            self._resuming = True
            self._home.next_tick(self._resumed)
        return self

    @on_loop
    def pause(self) -> Self:
        """Stop the data; what arrives is buffered, and when that is full the sender has to wait."""
        self._explicitly_paused = True
        if self.readableFlowing is not False:
            self.readableFlowing = False
            self._emit_safely("pause")
        return self

    def isPaused(self) -> bool:
        """Whether `pause` was called and `resume` was not."""
        return self._explicitly_paused

    @on_loop
    def setEncoding(self, encoding: str) -> Self:
        """Give 'data' as str, decoded by `encoding`; characters split across chunks come whole."""
        self._encoding = encoding
        self._decoder = decoder(encoding)
        buffered, self._chunks, self._length = self._chunks or (), None, 0
        for chunk in buffered:
            self._store(chunk if isinstance(chunk, str) else self._decoder.decode(chunk))
        return self

    @on_loop
    def pipe(self, destination: Any, options: dict[str, Any] | None = None, *, end: bool = True) -> Any:
        """Write everything into `destination`, no faster than it takes it, then end it; gives `destination`."""
        self._pipes = (*self._pipes, Pipe(self, destination, (options or {}).get("end", end)))
        if self.readableFlowing is not True:
            self.resume()
        return destination

    @on_loop
    def unpipe(self, destination: Any = None) -> Self:
        """Stop writing into `destination`, or into all."""
        for pipe in self._pipes:
            if destination is None or pipe.destination is destination:
                pipe.detach()
        return self

    def _detached(self, pipe: Pipe) -> None:
        self._pipes = tuple(each for each in self._pipes if each is not pipe)
        if not self._pipes and not self.readableEnded and not self.listenerCount("data"):
            # Nobody takes the data: keep what comes for whoever is next.
            self.pause()

    def __aiter__(self) -> AsyncIterator[Chunk]:
        return _Iteration(self)

    async def bytes(self) -> bytes:
        """The whole body. Raises ECONNRESET where the connection ends before it is complete.

        Can be awaited again, also by several at once and together with `text()` and `json()`: the body is kept.
        """
        return await self._home.wait(self._read_whole())

    async def _read_whole(self) -> _Bytes:
        if self._whole is None:
            if self.readableDidRead or self.readableFlowing:
                raise NodeError(
                    "The body has been read already, or was thrown away because nobody listened when it arrived: read "
                    "it once, and right away, with text(), json(), bytes(), `async for` or a 'data' listener.",
                    "ERR_BODY_READ",
                )
            self._whole = self._home.spawn(self._gather())
            # It is told to those who await it; if nobody does any more, that is no news.
            self._whole.add_done_callback(lambda whole: whole.cancelled() or whole.exception())
        # One who gives up waiting must not take what was read so far from the others.
        return await asyncio.shield(self._whole)

    async def _gather(self) -> _Bytes:
        parts: list[_Bytes] = []
        while (chunk := await self._next_chunk()) is not None:
            parts.append(to_bytes(chunk, self._encoding))
        return b"".join(parts)

    async def text(self) -> str:
        """The whole body as str, in the charset its Content-Type names, else UTF-8; bad bytes become U+FFFD."""
        return (await self.bytes()).decode(charset_of(self._content_type()), errors="replace")

    async def json(self) -> Any:
        """The whole body parsed as JSON. Raises ValueError where it is none."""
        return json.loads(await self.bytes())

    def _content_type(self) -> str | None:
        return None

    # --- for those who write into it

    @on_loop
    def push(self, chunk: Any, encoding: str | None = None) -> bool:
        """Add data, or None for the end. False asks the source to wait for `_read`."""
        if chunk is None:
            self._push_end()
            return False
        if self._eof:
            self.destroy(error("ERR_STREAM_PUSH_AFTER_EOF"))
            return False
        data = self._decoded(to_bytes(chunk, encoding))
        if data:
            self._add_chunk(data)
        self._wants_more = self._length < self.readableHighWaterMark
        return self._wants_more

    @on_loop
    def unshift(self, chunk: Any, encoding: str | None = None) -> None:
        """Put data back, to be read first. Raises ERR_STREAM_UNSHIFT_AFTER_END_EVENT after 'end'."""
        if self.readableEnded:
            raise error("ERR_STREAM_UNSHIFT_AFTER_END_EVENT")
        data = self._decoded(to_bytes(chunk, encoding))
        if data:
            self._store(data, first=True)
            self._data_arrived()

    def _decoded(self, data: Any) -> Chunk:
        return data if self._decoder is None else self._decoder.decode(data)

    def _read(self) -> None:
        """Ask the source for more. Overridden by those that have one."""

    @on_loop
    def destroy(self, err: BaseException | None = None) -> Self:
        """Drop what is buffered and close; 'error' (if there is an error) and 'close' follow."""
        if not self.destroyed:
            self.destroyed = True
            self._destroy(err)
        return self

    def _destroy(self, err: BaseException | None) -> None:
        """Let go of the source. Overridden by those that have one."""
        self._home.next_tick(self._close, err)

    def _close(self, err: BaseException | None) -> None:
        if err is not None:
            self.errored = err
            self._emit_error(err)
        self.closed = True
        self._emit_safely("close")
        self._wake()

    def _emit_error(self, err: BaseException) -> None:
        self._emit_safely("error", err)

    # --- the machinery

    def _add(self, name: str, listener: Listener, stored: Listener, *, first: bool = False) -> Self:
        super()._add(name, listener, stored, first=first)
        if name == "data" and self.readableFlowing is not False:
            self.resume()
        elif name == "readable":
            self.readableFlowing = False
            self._home.next_tick(self._data_arrived)
        return self

    def _remove(self, name: str, listener: Listener) -> Self:
        super()._remove(name, listener)
        if name == "readable" and not self.listenerCount("readable") and not self._explicitly_paused:
            # Nobody asks for chunks any more: the data flows again, or waits for whoever comes next.
            self.readableFlowing = None
            if self.listenerCount("data"):
                self.resume()
        return self

    def _store(self, data: Chunk, *, first: bool = False) -> None:
        if self._chunks is None:
            self._chunks = deque()
        (self._chunks.appendleft if first else self._chunks.append)(data)
        self._length += len(data)

    def _add_chunk(self, data: Chunk) -> None:
        if self.readableFlowing and not self._length and not self._resuming:
            self.readableDidRead = True
            self._emit_safely("data", data)
        else:
            self._store(data)
            self._data_arrived()

    def _push_end(self) -> None:
        if self._eof:
            return
        self._eof = True
        if self._decoder is not None and (rest := self._decoder.decode(b"", final=True)):
            self._add_chunk(rest)
        self._data_arrived()
        if self.readableFlowing:
            self._end_if_drained()

    def _data_arrived(self) -> None:
        self._wake()
        wanted = self._events is not None and "readable" in self._events
        if wanted and (self._length or self._eof) and not self.readableEnded:
            self._emit_safely("readable")

    def _wake(self) -> None:
        if self._waiter is not None:
            waiter, self._waiter = self._waiter, None
            if not waiter.done():
                waiter.set_result(None)

    def _take(self, size: int | None = None) -> Chunk | None:
        """Buffered data: all of it joined, or `size` of it (all that is left, at the end)."""
        chunks = self._chunks
        if not chunks:
            return None
        if size is not None and size > self._length and not self._eof:
            return None
        joined: Any = chunks[0][:0].join(chunks)  # type: ignore[arg-type]
        rest = joined[size:] if size is not None else joined[:0]
        self._chunks = deque([rest]) if rest else None
        self._length = len(rest)
        return joined if size is None else joined[:size]  # type: ignore[no-any-return]

    def _ask_for_more(self) -> None:
        if not self._wants_more and not self._eof and not self.destroyed:
            self._wants_more = True
            self._read()

    def _resumed(self) -> None:
        self._resuming = False
        if self._events is not None:
            self._emit_safely("resume")
        self._flow()

    def _flow(self) -> None:
        while self.readableFlowing and self._chunks and not self.destroyed:
            chunk = self._chunks.popleft()
            self._length -= len(chunk)
            self.readableDidRead = True
            self._emit_safely("data", chunk)
        if self.readableFlowing:
            self._ask_for_more()
            self._end_if_drained()

    def _end_if_drained(self) -> None:
        if self._eof and not self._length and not self._ending:
            self._ending = True
            self._home.next_tick(self._emit_end)

    def _emit_end(self) -> None:
        if self.readableEnded or self.destroyed or self._length:
            self._ending = self.readableEnded
            return
        self.readableEnded = True
        self.readable = False
        self._emit_safely("end")
        self._wake()
        self._after_end()

    def _after_end(self) -> None:
        """Everything was read. Overridden by those that can also be written."""
        self.destroy()

    async def _next_chunk(self) -> Chunk | None:
        """The next chunk for an iteration; None at the end. Raises what ended the stream before it."""
        # As in Node, iterating reads by asking: 'data' no longer flows by itself.
        self.readableFlowing = False
        while True:
            if self._chunks:
                chunk = self._chunks.popleft()
                self._length -= len(chunk)
                self.readableDidRead = True
                self._home.next_tick(self._ask_for_more)
                return chunk
            if self.errored is not None:
                raise self.errored
            if self.readableEnded:
                return None
            if self.destroyed:
                raise connection_reset("aborted")
            # 'end' comes in a tick; whoever reads on after it finds the socket free again, as in Node.
            self._home.next_tick(self._end_if_drained if self._eof else self._ask_for_more)
            if self._waiter is None:
                self._waiter = self._home.loop.create_future()
            await asyncio.shield(self._waiter)

    def _left_early(self) -> None:
        """An iteration was given up before the end."""
        self.destroy()


class _Iteration:
    """`async for` over a stream, from any loop; giving it up before the end destroys the stream, as in Node."""

    def __init__(self, stream: Readable) -> None:
        self._stream: Readable | None = stream
        self._begun = False

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Chunk:
        stream = self._stream
        if stream is None:
            raise StopAsyncIteration
        self._begun = True
        try:
            chunk = await stream._home.wait(stream._next_chunk())
        except BaseException:
            self._stream = None
            raise
        if chunk is None:
            self._stream = None
            raise StopAsyncIteration
        return chunk

    def __del__(self) -> None:
        # `break` tells an iterator nothing; that nobody holds it any more does.
        stream = self._stream
        if stream is not None and self._begun and not stream._home.loop.is_closed():
            stream._home.loop.call_soon_threadsafe(stream._home.enter, stream._left_early)
