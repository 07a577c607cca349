"""The buffer of a readable stream, and when what is in it comes out.

A stream is *flowing* (True: 'data' is emitted as chunks arrive), *paused* (False) or undecided (None: nobody has asked
yet). `push` answers False when more is buffered than `readableHighWaterMark`; whoever pushes then stops its source
until `_read` is called. As long as the buffer is not full `_read` is called again after every push.

What is pushed while `_read` runs is emitted in a tick, and of each kind of tick at most one is pending: the flags below
tell which.

Source: Node's lib/internal/streams/readable.js
"""

from __future__ import annotations

import codecs
from collections import deque
from typing import Any, Self

from .constants import HIGH_WATER_MARK
from .encodings import decoder, known, to_bytes
from .errors import NodeError, error, out_of_range
from .events import Listener
from .lifecycle import Options, Stream, high_water_mark, hook
from .loop import on_loop

# A buffer of more bytes than that is refused: 1 GiB.
_MOST = 2**30


class Flow(Stream):
    """What is pushed in comes out by `read` or as 'data': 'readable', 'data', 'end', 'pause', 'resume'."""

    ONE_SHOT = Stream.ONE_SHOT | {"end"}

    readableFlowing: bool | None = None
    readableEnded = False
    readableDidRead = False
    readableHighWaterMark = HIGH_WATER_MARK
    readableObjectMode = False

    _is_readable = True
    _chunks: deque[Any] | None = None
    _length = 0
    _eof = False
    _ending = False
    _decoder: codecs.IncrementalDecoder | None = None
    _encoding: str | None = None
    _default_text_encoding: str | None = None
    _paused: bool | None = None
    # `_read` was called and nothing pushed since; it was called just now and has not returned.
    _reading = False
    _in_read = True
    # 'readable' is to be emitted when something arrives; it will be, in a tick; somebody listens for it.
    _needs_readable = False
    _readable_due = False
    _readable_heard = False
    _resume_due = False
    _more_due = False
    # Destinations that are full; the data flows again when none is left.
    _held_by: set[Any] | None = None

    def _set_up_reading(self, options: Options, side: str | None = None) -> None:
        self.readableObjectMode = bool(options.get("objectMode") or (side and options.get("readableObjectMode")))
        self.readableHighWaterMark = high_water_mark(options, self.readableObjectMode, side)
        if options.get("defaultEncoding"):
            self._default_text_encoding = known(options["defaultEncoding"])
        if options.get("encoding"):
            self.setEncoding(options["encoding"])

    # --- for those who read

    @on_loop
    def read(self, size: int | None = None) -> Any:
        """What is buffered, `size` bytes of it, or one object; None when there is not enough yet.

        Raises ERR_OUT_OF_RANGE for more than 1 GiB.
        """
        return self._read_chunk(size)

    @on_loop
    def resume(self) -> Self:
        """Let the data flow; without a 'data' listener it is thrown away."""
        if not self.readableFlowing:
            self.readableFlowing = not self._readable_heard
            if not self._resume_due:
                self._resume_due = True
                self._home.next_tick(self._resumed)
        self._paused = False
        return self

    @on_loop
    def pause(self) -> Self:
        """Stop the data; what arrives is buffered, and when that is full the sender has to wait."""
        if self.readableFlowing is not False:
            self.readableFlowing = False
            self._emit_safely("pause")
        self._paused = True
        return self

    def isPaused(self) -> bool:
        """Whether the data is stopped: by `pause`, or by a 'readable' listener."""
        return self._paused is True or self.readableFlowing is False

    @on_loop
    def setEncoding(self, encoding: str) -> Self:
        """Give str instead of bytes, decoded by `encoding`; characters split across chunks come whole.

        Raises ERR_UNKNOWN_ENCODING.
        """
        self._decoder = decoder(encoding)
        self._encoding = known(encoding)
        buffered, self._chunks, self._length = self._chunks or (), None, 0
        text = "".join([chunk if isinstance(chunk, str) else self._decoder.decode(chunk) for chunk in buffered])
        if text:
            self._store(text)
        return self

    # --- for those who write into it

    @on_loop
    def push(self, chunk: Any, encoding: str | None = None) -> bool:
        """Add a chunk, or None for the end. False asks the source to wait for `_read`.

        What cannot be pushed ends the stream: ERR_INVALID_ARG_TYPE, ERR_STREAM_PUSH_AFTER_EOF.
        """
        if chunk is None:
            self._push_end()
            return False
        data = chunk if type(chunk) is bytes or self.readableObjectMode else self._as_data(chunk, encoding)
        if data is None:
            return False
        if self._eof and (data or self.readableObjectMode):
            self._fail(error("ERR_STREAM_PUSH_AFTER_EOF"))
            return False
        if self.destroyed or self.errored is not None:
            return False
        self._reading = False
        if self._decoder is not None and isinstance(data, bytes):
            data = self._decoder.decode(data)
        if data or self.readableObjectMode:
            self._add_chunk(data)
        else:
            self._read_more()
        return not self._eof and (self._length < self.readableHighWaterMark or not self._length)

    def _as_data(self, chunk: Any, encoding: str | None) -> Any:
        """`chunk` as bytes, or as the str it would be decoded to; None for what is neither."""
        encoding = encoding or self._default_text_encoding
        if isinstance(chunk, str) and self._encoding is not None and self._encoding == known(encoding or "utf8"):
            return chunk
        try:
            return to_bytes(chunk, encoding)
        except NodeError as exc:
            if exc.code != "ERR_INVALID_ARG_TYPE":
                raise
            self._fail(exc)
            return None

    @on_loop
    def unshift(self, chunk: Any, encoding: str | None = None) -> bool:
        """Put a chunk back, to be read first; after 'end' that is an error: ERR_STREAM_UNSHIFT_AFTER_END_EVENT."""
        if chunk is None:
            self._push_end()
            return False
        data = chunk if self.readableObjectMode else self._as_data(chunk, encoding)
        if data is None:
            return False
        if self._encoding is not None and isinstance(data, bytes):
            data = decoder(self._encoding).decode(data, final=True)
        if data or self.readableObjectMode:
            if self.readableEnded:
                self._fail(error("ERR_STREAM_UNSHIFT_AFTER_END_EVENT"))
            elif not self.destroyed and self.errored is None:
                self._add_chunk(data, first=True)
        return not self._eof and (self._length < self.readableHighWaterMark or not self._length)

    @hook
    def _read(self, size: int) -> None:
        """Get more, and `push` it. `size` is a hint. Overridden by those that have a source."""
        raise error("ERR_METHOD_NOT_IMPLEMENTED", "_read()")

    # --- what goes in

    def _store(self, data: Any, *, first: bool = False) -> None:
        if self._chunks is None:
            self._chunks = deque()
        (self._chunks.appendleft if first else self._chunks.append)(data)
        self._length += 1 if self.readableObjectMode else len(data)

    def _add_chunk(self, data: Any, *, first: bool = False) -> None:
        if self.readableFlowing and not self._length and not self._in_read and self._is_heard("data"):
            self._emit_data(data)
        else:
            self._store(data, first=first)
            if self._needs_readable:
                self._emit_readable()
        self._read_more()

    def _push_end(self) -> None:
        self._reading = False
        if self._eof:
            return
        if self._decoder is not None and (rest := self._decoder.decode(b"", final=True)):
            self._store(rest)
        self._eof = True
        if self._in_read:
            self._emit_readable()
        else:
            self._needs_readable = False
            self._readable_due = True
            self._emit_readable_now()

    def _read_more(self) -> None:
        """Fill the buffer before somebody asks."""
        if not (self._more_due or self._reading):
            self._more_due = True
            self._home.next_tick(self._fill)

    def _fill(self) -> None:
        mark = self.readableHighWaterMark
        while not (self._reading or self._eof):
            before = self._length
            if before >= mark and not (self.readableFlowing and not before):
                break
            self._read_chunk(0)
            if self._length == before:
                break
        self._more_due = False

    # --- what comes out

    def _read_chunk(self, size: int | None = None) -> Any:
        if size is not None and size > self.readableHighWaterMark:
            self._widen(size)
        if self._eof and not self._length:
            self._readable_due = self._readable_due and size == 0
            if not self._ending:
                self._end_if_drained()
            return None
        if size != 0:
            self._readable_due = False
        elif self._needs_readable and (self._eof or self._is_full()):
            self._emit_readable()
            return None
        count = self._available(size)
        if not count and self._eof:
            return None
        if self._wants_read(count):
            self._call_read()
            if not self._reading:
                count = self._available(size)
        chunk = self._take(count) if count and self._length else None
        if chunk is None and self._length <= self.readableHighWaterMark:
            self._needs_readable = True
        if not self._length:
            self._ran_out(early=size == count and chunk is not None)
        if chunk is not None and not (self._error_emitted or self._close_emitted):
            self._emit_data(chunk)
        return chunk

    def _widen(self, size: int) -> None:
        """More is asked for than the buffer holds: let it hold more, by a power of two."""
        if size > _MOST:
            raise out_of_range("size", "<= 1GiB", size)
        self.readableHighWaterMark = 1 << (size - 1).bit_length()

    def _ran_out(self, *, early: bool) -> None:
        """Nothing is left; `early`: whoever took the last of it asked for no more than that."""
        if not self._eof:
            self._needs_readable = True
        elif not early:
            self._end_if_drained()

    def _is_full(self) -> bool:
        return self._length >= (self.readableHighWaterMark or 1)

    def _available(self, size: int | None) -> int:
        """How much of `size` can be had now."""
        if (size is not None and size <= 0) or (self._eof and not self._length):
            return 0
        if self.readableObjectMode:
            return 1
        if size is None:
            return len(self._chunks[0]) if self.readableFlowing and self._chunks else self._length
        return size if size <= self._length else self._length if self._eof else 0

    def _wants_read(self, count: int) -> bool:
        if self._reading or self._eof or self.destroyed or self.errored is not None:
            return False
        return self._needs_readable or not self._length or self._length - count < self.readableHighWaterMark

    def _call_read(self) -> None:
        self._reading = self._in_read = True
        if not self._length:
            self._needs_readable = True
        try:
            self._read(self.readableHighWaterMark)
        except Exception as exc:  # noqa: BLE001 - told to those who listen for 'error'
            self._fail(exc)
        self._in_read = False

    def _take(self, count: int) -> Any:
        chunks = self._chunks
        assert chunks is not None
        self._length -= count
        if self.readableObjectMode or count == len(chunks[0]):
            return chunks.popleft()
        if not self._length:
            taken = chunks[0][:0].join(chunks)
            chunks.clear()
            return taken
        parts = []
        while count and count >= len(chunks[0]):
            count -= len(chunks[0])
            parts.append(chunks.popleft())
        if count:
            parts.append(chunks[0][:count])
            chunks[0] = chunks[0][count:]
        return parts[0][:0].join(parts)

    def _emit_data(self, data: Any) -> None:
        if self._held_by:
            self._held_by.clear()
        self.readableDidRead = True
        self._emit_safely("data", data)

    def _emit_readable(self) -> None:
        self._needs_readable = False
        if not self._readable_due:
            self._readable_due = True
            self._home.next_tick(self._emit_readable_now)

    def _emit_readable_now(self) -> None:
        if not self.destroyed and self.errored is None and (self._length or self._eof):
            self._emit_safely("readable")
            self._readable_due = False
        if not self.readableFlowing and not self._eof and self._length <= self.readableHighWaterMark:
            self._needs_readable = True
        self._flow()

    def _resumed(self) -> None:
        if not self._reading:
            self._read_chunk(0)
        self._resume_due = False
        self._emit_safely("resume")
        self._flow()
        if self.readableFlowing and not self._reading:
            self._read_chunk(0)

    def _flow(self) -> None:
        while self.readableFlowing and self._read_chunk() is not None:
            pass

    # --- the end

    def _end_if_drained(self) -> None:
        if self._eof and not self._length and not self._ending and not self.readableEnded:
            self._ending = True
            self._home.next_tick(self._emit_end)

    def _emit_end(self) -> None:
        self._ending = False
        # Something may have been put back, or the stream have failed, since.
        if self.readableEnded or self._length or self.errored is not None or self._close_emitted:
            return
        self.readableEnded = True
        self._emit_safely("end")
        self._after_end()

    def _after_end(self) -> None:
        """Everything was read. Overridden by those that can also be written."""
        if self._auto_destroy:
            self.destroy()

    # --- listeners decide whether it flows

    def _is_heard(self, name: str) -> bool:
        return self._events is not None and name in self._events

    def _add(self, name: str, listener: Listener, stored: Listener, *, first: bool = False) -> Self:
        super()._add(name, listener, stored, first=first)
        if name == "data":
            if self._is_heard("readable"):
                self._readable_heard = True
            if self.readableFlowing is not False:
                self.resume()
        elif name == "readable" and not self.readableEnded and not self._readable_heard:
            self._readable_heard = self._needs_readable = True
            self.readableFlowing = False
            self._readable_due = False
            if self._length:
                self._emit_readable()
            elif not self._reading:
                self._home.next_tick(self._read_chunk, 0)
        return self

    def _remove(self, name: str, listener: Listener) -> Self:
        super()._remove(name, listener)
        if name == "readable":
            # In a tick, so that once('readable') can be used again and again.
            self._home.next_tick(self._reconsider)
        return self

    def _reconsider(self) -> None:
        self._readable_heard = self._is_heard("readable")
        if self._resume_due and self._paused is False:
            self.readableFlowing = True
        elif self._is_heard("data"):
            self.resume()
        elif not self._readable_heard:
            self.readableFlowing = None
