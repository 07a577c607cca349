"""Pipe: from a readable stream to whatever can be written to, no faster than it takes it.

Source: Node's lib/internal/streams/readable.js (pipe)
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any, Protocol

from .events import Listener


class Source(Protocol):
    """The readable end of a pipe."""

    readableEnded: bool
    readableFlowing: bool | None
    _home: Any
    # Pipes whose destination is full; the data flows again when none is left.
    _held_by: set[Pipe] | None

    def on(self, name: str, listener: Listener, /) -> Any: ...
    def off(self, name: str, listener: Listener, /) -> Any: ...
    def pause(self) -> Any: ...
    def resume(self) -> Any: ...
    def listenerCount(self, name: str, /) -> int: ...
    def _unpipe(self, pipe: Pipe, /) -> None: ...


class Pipe:
    """One connection from a stream to a destination."""

    def __init__(self, source: Source, destination: Any) -> None:
        self.source = source
        self.destination = destination
        self.attached = False
        self._waits_for_drain = False
        self._undo: list[Callable[[], Any]] = []

    def attach(self, end: bool) -> None:
        """Begin. At the end of the source the destination is ended, too, where `end` says so."""
        source, destination = self.source, self.destination
        self.attached = True
        at_end = self._end if end else self._leave
        if source.readableEnded:
            source._home.next_tick(at_end)
        else:
            self._listen(source, "end", at_end)
        self._listen(source, "data", self._write)
        if hasattr(destination, "once"):
            destination.prependListener("error", self._failed)
            self._undo.append(lambda: destination.off("error", self._failed))
            self._listen(destination, "close", self._leave)
            self._listen(destination, "finish", self._leave)
            destination.emit("pipe", source)
        if getattr(destination, "writableNeedDrain", False) is True:
            self._hold()
        elif not source.readableFlowing:
            source.resume()

    def _listen(self, emitter: Any, name: str, listener: Listener) -> None:
        emitter.on(name, listener)
        self._undo.append(lambda: emitter.off(name, listener))

    def _write(self, chunk: Any) -> None:
        try:
            has_room = self.destination.write(chunk)
        except Exception as exc:
            if hasattr(self.destination, "destroy"):
                self.destination.destroy(exc)
                return
            # Reported by whoever called; the next chunk would fail alike.
            self._leave()
            raise
        if has_room is False:
            self._hold()

    def _hold(self) -> None:
        """The destination is full."""
        source = self.source
        if self.attached:
            if source._held_by is None:
                source._held_by = set()
            source._held_by.add(self)
            source.pause()
        if not self._waits_for_drain:
            self._waits_for_drain = True
            self._listen(self.destination, "drain", self._drained)

    def _drained(self) -> None:
        source = self.source
        if source._held_by is not None:
            source._held_by.discard(self)
        if not source._held_by and source.listenerCount("data"):
            source.resume()

    def _end(self) -> None:
        if hasattr(self.destination, "end"):
            self.destination.end()
        else:
            # A Python file; the standard streams are everybody's.
            self.destination.flush() if _is_standard(self.destination) else self.destination.close()
            self._leave()

    def _failed(self, err: BaseException) -> None:
        destination = self.destination
        self._leave()
        if not destination.listenerCount("error"):
            # It is nobody's but for us, and must not go unheard.
            destination.emit("error", err)

    def _leave(self, *_: Any) -> None:
        self.source._unpipe(self)

    def detach(self) -> None:
        """Stop; called by the source."""
        if not self.attached:
            return
        self.attached = False
        for undo in self._undo:
            undo()
        if self._waits_for_drain and self.source._held_by and getattr(self.destination, "writableNeedDrain", True):
            self._drained()
        if hasattr(self.destination, "once"):
            self.destination.emit("unpipe", self.source)


def _is_standard(file: Any) -> bool:
    standard = (sys.stdout, sys.stderr, sys.__stdout__, sys.__stderr__)
    return any(file is each or file is getattr(each, "buffer", None) for each in standard)
