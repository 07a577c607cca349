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
_PATIENCE = 0.4
_INTERVAL = 0.25


class Underway(Shown):
    """An exchange as it is now, to be shown."""

    def __init__(self, exchange: Exchange) -> None:
        self.exchange = exchange


class Finished(Shown):
    """In a line, an exchange that somebody keeps."""

    def __init__(self, exchange: Exchange) -> None:
        self.exchange = exchange


class Live:
    """Shows requests on their way in one IPython; `in_notebook` is for displays that can change."""

    def __init__(self, *, in_notebook: bool) -> None:
        self._in_notebook = in_notebook
        self._began: float | None = None
        self._shown_at = 0.0
        self._handle: Any = None
        self._line = ""
        # The exchange that has the display, until it is shown itself.
        self._exchange: Exchange | None = None

    def watch(self, exchange: Exchange) -> None:
        """Called again and again while somebody waits."""
        now = monotonic()
        if self._began is None:
            self._began = now
        if now - self._began < _PATIENCE or now - self._shown_at < _INTERVAL:
            return
        self._shown_at = now
        if self._in_notebook:
            self._update(Underway(exchange))
        else:
            self._write_line(exchange)

    def done(self, exchange: Exchange | None) -> None:
        """Nobody waits any more; None where it failed."""
        self._began = None
        if self._line:
            self._rewrite("")
        if self._handle is not None and exchange is not None:
            self._exchange = exchange
            self._handle.update(Finished(exchange))
        elif self._handle is not None:
            self._handle = None

    def show(self, shown: Any) -> None:
        """Show a result: in the place of its progress where that is shown."""
        from IPython.display import display

        if self._handle is not None and shown is self._exchange:
            self._handle.update(shown)
        elif shown is not None:
            display(shown)  # type: ignore[no-untyped-call]  # IPython has no type for it
        self._handle = self._exchange = None

    def _update(self, shown: Underway) -> None:
        from IPython.display import display

        if self._handle is None:
            self._handle = display(shown, display_id=True)  # type: ignore[no-untyped-call]  # IPython has no type for it
        else:
            self._handle.update(shown)

    def _write_line(self, exchange: Exchange) -> None:
        from .views.progress import text

        self._rewrite(text(exchange)[:100])

    def _rewrite(self, line: str) -> None:
        """One line of the terminal that changes."""
        sys.stderr.write(f"\r{line:<{len(self._line)}}{'' if line else chr(13)}")
        sys.stderr.flush()
        self._line = line
