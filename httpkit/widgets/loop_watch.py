"""LoopWatch: how late an event loop is, and which line of whose code holds it while nothing else is answered.

A thread asks the loop again and again for a sign of life. Where none comes it looks at what the loop's thread is doing:
only another thread can, as a loop that is held tells nothing.
"""

from __future__ import annotations

import asyncio
import linecache
import sys
import sysconfig
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Self

from httpkit import redact
from httpkit.errors import report
from httpkit.loop import Home
from httpkit.notebook.html import visible

# Seconds between two looks, and those after which a loop counts as held.
INTERVAL = 0.05
PATIENCE = 0.25
# What passes, in the middle, between the beginning of a hold and the question that finds it.
_UNSEEN = INTERVAL / 2

_KIT = str(Path(__file__).parents[1])
_ASYNCIO = str(Path(asyncio.__file__).parent)
_LIBRARIES = tuple({sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")})
_NOT_THE_USERS = (_KIT, *_LIBRARIES, "<frozen ")

# What runs the loop: the lines above these have called nothing that holds it.
_RUNNERS = frozenset({"run", "run_forever", "run_until_complete", "_run_once"})


@dataclass(frozen=True)
class Place:
    """A line of a cell or a file, free of secrets."""

    name: str
    line: int
    source: str


@dataclass(frozen=True)
class Hold:
    """A line holds the loop, or has held it, for so many seconds; `until`: when it was over, in seconds since 1970."""

    place: Place
    seconds: float
    until: float = 0.0


class LoopWatch:
    """Watches the loop of `home`, and calls `look` about twenty times a second from its own thread."""

    def __init__(self, home: Home, look: Callable[[], None]) -> None:
        self.hold: Hold | None = None
        self.last_hold: Hold | None = None
        self._home = home
        self._look = look
        self._lag = 0.0
        self._asked = time.monotonic()
        self._answered: float | None = self._asked
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="httpkit-loop-watch", daemon=True)

    def start(self) -> Self:
        self._thread.start()
        return self

    def stop(self) -> None:
        """End the thread, and wait until it has."""
        self._ended.set()
        if threading.current_thread() is not self._thread:
            self._thread.join(1)

    def take_lag(self) -> float:
        """The longest that the loop has let a callback wait since it was last asked for, in ms."""
        lag, self._lag = self._lag, 0.0
        return lag * 1000

    def _run(self) -> None:
        while not self._ended.wait(INTERVAL):
            try:
                self._check()
                self._look()
            except Exception as error:  # noqa: BLE001 - reported; the next look is another one
                report(error)

    def _check(self) -> None:
        answered = self._answered
        late = (time.monotonic() if answered is None else answered) - self._asked
        self._lag = max(self._lag, late)
        if answered is not None:
            self._finish(late)
            self._ask()
        elif late >= PATIENCE and (place := self._held_at()) is not None:
            self.hold = Hold(place, late + _UNSEEN)

    def _finish(self, late: float) -> None:
        if self.hold is not None:
            self.last_hold, self.hold = Hold(self.hold.place, late + _UNSEEN, time.time()), None

    def _ask(self) -> None:
        self._answered, self._asked = None, time.monotonic()
        # A loop that has ended holds nobody up.
        with suppress(RuntimeError):
            self._home.loop.call_soon_threadsafe(self._answer)

    def _answer(self) -> None:
        self._answered = time.monotonic()

    def _held_at(self) -> Place | None:
        frame = sys._current_frames().get(self._home.thread_id)
        return place_of(frame) if frame is not None else None


def place_of(frame: FrameType) -> Place | None:
    """The line of the user's that a loop's thread is in, or that called what it is in; None where the loop waits."""
    for each in _above_the_loop(frame):
        filename, line = each.f_code.co_filename, each.f_lineno
        if not filename.startswith(_NOT_THE_USERS):
            source = linecache.getline(filename, line, each.f_globals).strip()
            return Place(_name_of(filename), line, visible(redact.text(source)))
    return None


def _above_the_loop(frame: FrameType | None) -> Iterator[FrameType]:
    """The frames from the innermost to the one that the loop called."""
    while frame is not None and not _runs_the_loop(frame):
        yield frame
        frame = frame.f_back


def _runs_the_loop(frame: FrameType) -> bool:
    return frame.f_code.co_name in _RUNNERS and frame.f_code.co_filename.startswith(_ASYNCIO)


def _name_of(filename: str) -> str:
    """A cell by its number, a file by its name."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    names = shell.compile.format_code_name(filename) if shell is not None else None
    return " ".join(names) if names else Path(filename).name
