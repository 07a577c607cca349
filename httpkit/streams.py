"""Node's readable stream: bytes that arrive are pushed in, and wait until somebody wants them.

A stream is *flowing* (True: 'data' is emitted as bytes arrive), *paused* (False) or undecided (None: nobody has asked
yet). `push` answers False when more is buffered than `readableHighWaterMark`; whoever pushes then stops its source
until `_read` is called. That is all there is to back-pressure.

Source: https://nodejs.org/docs/latest-v24.x/api/stream.html#readable-streams
"""

from __future__ import annotations

import asyncio
import base64
import codecs
import json
import sys
from collections import deque
from collections.abc import AsyncIterator, Callable
from typing import Any, Self

from .constants import HIGH_WATER_MARK
from .errors import NodeError, connection_reset, error, wrong_type, wrong_value
from .events import Listener
from .headers import charset_of
from .loop import Resident, on_loop

Chunk = bytes | str
# Inside the class `bytes` is the method.
_Bytes = bytes

ENCODINGS = {
    "utf8": "utf-8",
    "utf-8": "utf-8",
    "latin1": "latin-1",
    "binary": "latin-1",
    "ascii": "latin-1",
    "utf16le": "utf-16-le",
    "utf-16le": "utf-16-le",
    "ucs2": "utf-16-le",
    "hex": "hex",
    "base64": "base64",
    "base64url": "base64",
}


def to_bytes(chunk: Any, encoding: str | None = None, name: str = "chunk") -> bytes:
    """`chunk` as bytes: str by `encoding` (UTF-8 by default; also 'latin1', 'hex', 'base64'), bytes-like as it is.

    Raises ERR_STREAM_NULL_VALUES for None and ERR_INVALID_ARG_TYPE for anything else.
    """
    if type(chunk) is bytes:
        return chunk
    if isinstance(chunk, str):
        return utf8(chunk) if encoding is None else _encoded(chunk, encoding)
    if isinstance(chunk, (bytes, bytearray, memoryview)):
        return bytes(chunk)
    if chunk is None:
        raise error("ERR_STREAM_NULL_VALUES")
    refused = wrong_type(name, "of type str or an instance of bytes, bytearray or memoryview", chunk)
    if isinstance(chunk, (dict, list)):
        refused.add_note("For JSON, make it a str first: json.dumps(value).")
    raise refused


def utf8(text: str) -> bytes:
    """UTF-8; half a surrogate pair becomes U+FFFD, as in Node."""
    try:
        return text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").encode()


def _encoded(text: str, encoding: str) -> bytes:
    name = _known(encoding)
    try:
        if name == "hex":
            return bytes.fromhex(text)
        if name in ("base64", "base64url"):
            return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_" if name == "base64url" else None)
    except ValueError as exc:
        raise wrong_value("chunk", f"must be {name} ({exc})", text[:40]) from None
    return utf8(text) if ENCODINGS[name] == "utf-8" else text.encode(ENCODINGS[name], errors="replace")


def _known(encoding: str) -> str:
    name = encoding.lower() if isinstance(encoding, str) else ""
    if name not in ENCODINGS:
        raise wrong_value("encoding", f"must be one of {', '.join(ENCODINGS)}", encoding)
    return name


def _decoder(encoding: str) -> codecs.IncrementalDecoder:
    """Turns bytes into text as they come; what is cut off at the end of one chunk waits for the next."""
    name = _known(encoding)
    if name == "hex":
        return _HexDecoder()
    if name in ("base64", "base64url"):
        return _Base64Decoder(name == "base64url")
    return codecs.getincrementaldecoder(ENCODINGS[name])(errors="replace")


class _HexDecoder(codecs.IncrementalDecoder):
    def decode(self, data: Any, final: bool = False) -> str:
        return bytes(data).hex()


class _Base64Decoder(codecs.IncrementalDecoder):
    """Three bytes are four characters: what does not fill a group waits."""

    def __init__(self, for_urls: bool) -> None:
        super().__init__()
        self._for_urls = for_urls
        self._rest = b""

    def decode(self, data: Any, final: bool = False) -> str:
        whole = self._rest + data
        cut = len(whole) if final else len(whole) - len(whole) % 3
        self._rest = whole[cut:]
        if self._for_urls:
            return base64.urlsafe_b64encode(whole[:cut]).decode().rstrip("=")
        return base64.b64encode(whole[:cut]).decode()


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
    _pipes: tuple[_Pipe, ...] = ()
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
        self._decoder = _decoder(encoding)
        buffered, self._chunks, self._length = self._chunks or (), None, 0
        for chunk in buffered:
            self._store(chunk if isinstance(chunk, str) else self._decoder.decode(chunk))
        return self

    @on_loop
    def pipe(self, destination: Any, options: dict[str, Any] | None = None, *, end: bool = True) -> Any:
        """Write everything into `destination`, no faster than it takes it, then end it; gives `destination`."""
        self._pipes = (*self._pipes, _Pipe(self, destination, (options or {}).get("end", end)))
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

    def _detached(self, pipe: _Pipe) -> None:
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


class _Pipe:
    """One connection from a stream to a destination."""

    def __init__(self, source: Readable, destination: Any, end: bool) -> None:
        self.source = source
        self.destination = destination
        self.attached = True
        self._undo: list[Callable[[], Any]] = []
        self._listen(source, "data", self._on_data)
        self._listen(source, "end", self._on_end if end else self.detach)
        if hasattr(destination, "once"):
            for event in ("finish", "close"):
                self._listen(destination, event, self.detach)
            self._listen(destination, "drain", source.resume)
            destination.emit("pipe", source)

    def _listen(self, emitter: Any, name: str, listener: Listener) -> None:
        emitter.on(name, listener)
        self._undo.append(lambda: emitter.off(name, listener))

    def _on_data(self, chunk: Chunk) -> None:
        try:
            flowing = self.destination.write(chunk)
        except Exception:
            # Reported by whoever called; the next chunk would fail alike.
            self.detach()
            raise
        if flowing is False:
            self.source.pause()

    def _on_end(self) -> None:
        if hasattr(self.destination, "end"):
            self.destination.end()
        else:
            # A Python file; the standard streams are everybody's.
            self.destination.flush() if _is_standard(self.destination) else self.destination.close()
            self.detach()

    def detach(self) -> None:
        if self.attached:
            self.attached = False
            for undo in self._undo:
                undo()
            self.source._detached(self)
            if hasattr(self.destination, "once"):
                self.destination.emit("unpipe", self.source)


def _is_standard(file: Any) -> bool:
    standard = (sys.stdout, sys.stderr, sys.__stdout__, sys.__stderr__)
    return any(file is each or file is getattr(each, "buffer", None) for each in standard)
