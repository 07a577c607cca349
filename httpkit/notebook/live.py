"""Requests that take a while show in place how far they have come.

What the kit shows it shows from the cell's own thread, which waits for the answer anyway: so it lands under the right
cell. A request that is answered soon shows nothing on its way.
"""

from __future__ import annotations

import sys
from time import monotonic
from typing import Any

from httpkit.exchange import Exchange

from .shown import Shown

# Seconds before anything is shown, and between two looks.
PATIENCE = 0.4
INTERVAL = 0.25


class Underway(Shown):
    """An exchange as it is now, to be shown; `stopped` where nobody waits any more."""

    def __init__(self, exchange: Exchange, *, stopped: bool = False) -> None:
        self.exchange = exchange
        self.stopped = stopped


class Finished(Shown):
    """In a line, an exchange that somebody keeps."""

    def __init__(self, exchange: Exchange) -> None:
        self.exchange = exchange


class Live:
    """Shows one request after the other on its way; `in_notebook` is for displays that can change."""

    def __init__(self, *, in_notebook: bool) -> None:
        self._in_notebook = in_notebook
        self._line = ""
        self.begin()

    def begin(self) -> None:
        """Another request, which gets a display of its own."""
        self._began = monotonic()
        self._shown_at = 0.0
        self._handle: Any = None
        self._seen: Exchange | None = None

    def watch(self, exchange: Exchange) -> None:
        """Called again and again while somebody waits."""
        now = monotonic()
        self._seen = exchange
        if now - self._began < PATIENCE or now - self._shown_at < INTERVAL:
            return
        self._shown_at = now
        if self._in_notebook:
            self._update(Underway(exchange))
        else:
            self._rewrite(_line(exchange))

    def done(self, exchange: Exchange) -> None:
        """The answer is there; whoever shows it next shows it in the same place."""
        self._rewrite("")
        self._seen = exchange
        if self._handle is not None:
            self._handle.update(Finished(exchange))

    def stopped(self) -> None:
        """Nobody waits any more, and there is no answer."""
        self._rewrite("")
        if self._handle is not None and self._seen is not None:
            self._handle.update(Underway(self._seen, stopped=True))

    def show(self, shown: Any, *, in_place: bool = False) -> None:
        """Show a result in the place of its progress, if that is shown; `in_place` is for what comes instead of one."""
        from IPython.display import display

        if self._handle is not None and (in_place or shown is self._seen):
            self._handle.update(shown)
        elif shown is not None:
            display(shown)  # type: ignore[no-untyped-call]  # IPython has no type for it
        self.begin()

    def _update(self, shown: Underway) -> None:
        from IPython.display import display

        if self._handle is None:
            self._handle = display(shown, display_id=True)  # type: ignore[no-untyped-call]  # IPython has no type for it
        else:
            self._handle.update(shown)

    def _rewrite(self, line: str) -> None:
        """One line of the terminal that changes."""
        if line or self._line:
            sys.stderr.write(f"\r{line:<{len(self._line)}}{'' if line else chr(13)}")
            sys.stderr.flush()
        self._line = line


def _line(exchange: Exchange) -> str:
    from .views.progress import text

    return text(Underway(exchange))[:100]
