"""Pipe: from a readable stream to whatever can be written to, no faster than it takes it."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any, Protocol

from .events import Listener


class Source(Protocol):
    """The readable end of a pipe."""

    def on(self, name: str, listener: Listener, /) -> Any: ...
    def off(self, name: str, listener: Listener, /) -> Any: ...
    def pause(self) -> Any: ...
    def resume(self) -> Any: ...
    def _detached(self, pipe: Pipe, /) -> None: ...


class Pipe:
    """One connection from a stream to a destination."""

    def __init__(self, source: Source, destination: Any, end: bool) -> None:
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

    def _on_data(self, chunk: bytes | str) -> None:
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
