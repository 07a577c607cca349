"""Node's readable stream, with all the ways to read it: by listeners, `read`, `pipe`, iteration, operators, or at once.

How chunks go in and come out is in `flow.py`.

Source: https://nodejs.org/docs/latest-v24.x/api/stream.html#readable-streams
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterable, Callable, Iterable, Mapping
from functools import wraps
from typing import Any, ClassVar, Self

from . import operators
from .encodings import to_bytes
from .errors import AbortError, NodeError
from .flow import Flow
from .headers import charset_of
from .iteration import Answer, Iteration, Reading, Supply, is_one_item
from .lifecycle import Options, Stream
from .loop import on_loop
from .pipe import Pipe

# Inside the class `bytes` is the method.
_Bytes = bytes


def _stream_of(operator: Callable[..., Any]) -> Callable[..., Readable]:
    """An operator as a method that gives a stream."""

    @wraps(operator)
    def method(self: Readable, *args: Any, **options: Any) -> Readable:
        return Readable.from_(operator(self, *args, **options))

    return method


def _answer_of(operator: Callable[..., Any]) -> Callable[..., Answer[Any]]:
    """An operator as a method that gives something to be awaited; it begins at once."""

    @wraps(operator)
    def method(self: Readable, *args: Any, **options: Any) -> Answer[Any]:
        return Answer.of(self._home, operator(Iteration(self).begin(), *args, **options))

    return method


class Readable(Flow):
    """A stream of bytes, of str after `setEncoding`, or of objects.

    Made from options (`read`, `destroy`, `highWaterMark`, `objectMode`, `encoding`, `emitClose`, `autoDestroy`,
    `signal`), or by a subclass with `_read(size)`. Raises ERR_INVALID_ARG_VALUE and ERR_UNKNOWN_ENCODING.
    """

    HOOK_OPTIONS: ClassVar[Mapping[str, str]] = {**Stream.HOOK_OPTIONS, "read": "_read"}

    compose: Callable[..., Any]

    _pipes: tuple[Pipe, ...] = ()
    _whole: asyncio.Task[_Bytes] | None = None

    def __init__(self, options: Options | None = None, /, **more: Any) -> None:
        super().__init__()
        if options or more:
            wanted = {**(options or {}), **more}
            self._set_up_reading(wanted)
            self._set_up(wanted)

    @staticmethod
    def from_(iterable: Iterable[Any] | AsyncIterable[Any], options: Options | None = None, /, **more: Any) -> Readable:
        """A stream of the items of `iterable`, in object mode; str and bytes are one item.

        Raises ERR_INVALID_ARG_TYPE. Source: https://nodejs.org/docs/latest-v24.x/api/stream.html (Readable.from)
        """
        supply = Supply(iterable)
        own = {"read": supply.read, "destroy": supply.close}
        # Items are asked for one by one, so that none is taken too many; what is one item needs no limit.
        usual = {"objectMode": True} if is_one_item(iterable) else {"objectMode": True, "highWaterMark": 1}
        stream = Readable({**usual, **(options or {}), **more, **own})
        supply.stream = stream
        return stream

    # --- facts

    @property
    def readable(self) -> bool:
        """Whether something may still be read."""
        return self._is_readable and not (self.destroyed or self.readableEnded or self._error_emitted)

    @readable.setter
    def readable(self, readable: bool) -> None:
        self._is_readable = readable

    @property
    def readableLength(self) -> int:
        """Bytes, or objects, that are buffered."""
        return self._length

    @property
    def readableBuffer(self) -> list[Any]:
        """The chunks that are buffered."""
        return list(self._chunks or ())

    @property
    def readableEncoding(self) -> str | None:
        """The encoding 'data' is decoded by; None for bytes."""
        return self._encoding

    @property
    def readableAborted(self) -> bool:
        """Whether it was destroyed, or failed, before 'end'."""
        return self._is_readable and (self.destroyed or self.errored is not None) and not self.readableEnded

    # --- where it goes

    @on_loop
    def pipe(self, destination: Any, options: Options | None = None, *, end: bool = True) -> Any:
        """Write everything into `destination`, no faster than it takes it, then end it; gives `destination`.

        `destination` is a stream, or anything with `write`, such as a file.
        """
        pipe = Pipe(self, destination)
        self._pipes = (*self._pipes, pipe)
        pipe.attach(bool((options or {}).get("end", end)))
        return destination

    @on_loop
    def unpipe(self, destination: Any = None) -> Self:
        """Stop writing into `destination`, or into all."""
        for pipe in self._pipes:
            if destination is None or pipe.destination is destination:
                self._unpipe(pipe)
        return self

    def _unpipe(self, pipe: Pipe) -> None:
        if pipe in self._pipes:
            self._pipes = tuple(each for each in self._pipes if each is not pipe)
            if not self._pipes:
                # Nobody takes the data: keep what comes for whoever is next.
                self.pause()
            pipe.detach()

    @on_loop
    def wrap(self, stream: Any) -> Self:
        """Read from `stream`, anything that emits 'data', 'end', 'error' and 'close'; gives this stream."""
        paused = False

        def on_data(chunk: Any) -> None:
            nonlocal paused
            if not self.push(chunk) and hasattr(stream, "pause"):
                paused = True
                stream.pause()

        def read(size: int) -> None:
            nonlocal paused
            if paused:
                paused = False
                stream.resume()

        stream.on("data", on_data)
        stream.on("end", lambda: self.push(None))
        stream.on("error", self._fail)
        stream.on("close", lambda *_: self.destroy())
        self._read = read  # type: ignore[method-assign]
        return self

    # --- iteration

    def __aiter__(self) -> Iteration:
        return Iteration(self)

    def iterator(self, options: Options | None = None, *, destroyOnReturn: bool = True) -> Iteration:
        """The same as `async for`; with `destroyOnReturn=False` one that is given up leaves the stream as it is."""
        return Iteration(self, destroy_on_return=(options or {}).get("destroyOnReturn", destroyOnReturn) is not False)

    def _is_done(self) -> bool:
        return self.readableEnded

    def _left_early(self) -> None:
        """An iteration was given up before the end."""
        self.destroy(AbortError())

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
        reading = Reading(self)
        while (chunk := await reading.next()) is not None:
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

    # --- operators, as those of arrays

    map = _stream_of(operators.map_)
    filter = _stream_of(operators.filter_)
    flatMap = _stream_of(operators.flat_map)
    take = _stream_of(operators.take)
    drop = _stream_of(operators.drop)
    forEach = _answer_of(operators.for_each)
    toArray = _answer_of(operators.to_array)
    some = _answer_of(operators.some)
    every = _answer_of(operators.every)
    find = _answer_of(operators.find)
    reduce = _answer_of(operators.reduce)
