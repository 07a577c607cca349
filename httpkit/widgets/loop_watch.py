"""LoopWatch: how late an event loop is, and which line of whose code holds it while nothing else is answered.

A thread asks the loop again and again for a sign of life. Where none comes it looks at what the loop's thread is doing:
only another thread can, as a loop that is held tells nothing.
"""

from __future__ import annotations

import asyncio
import linecache
import re
import sys
import sysconfig
import threading
import time
import tokenize
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from io import StringIO
from keyword import iskeyword
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


# What may be a secret in a line of Python. (From 3.12 on an f-string is several tokens.)
_VALUES = frozenset(
    {tokenize.STRING, tokenize.NUMBER, tokenize.COMMENT, getattr(tokenize, "FSTRING_MIDDLE", tokenize.STRING)}
)
_QUOTED = re.compile(r"""([a-zA-Z]*("{3}|'{3}|"|')|\#)(?s:.*?)\2?""")
_VALUE = re.compile(r"""[a-zA-Z]{0,2}["']|\#|\b\d""")
_WORD = re.compile(r"[\w.-]+")


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
            return Place(_name_of(filename), line, visible(redact.text(_without_secrets(source))))
    return None


def _without_secrets(source: str) -> str:
    """A line of Python; the values in it are hidden where a name or a text in it says that one may be a secret."""
    tokens = _tokens(source)
    if tokens is None:
        # The rest of the statement stands in other lines, and with it the names.
        shown = _VALUE.split(source, maxsplit=1)[0]
        return source if shown == source else f"{shown}{redact.HIDDEN}"
    if not any(map(_tells_of_a_secret, tokens)):
        return source
    for token in reversed(tokens):
        start, end = token.start[1], token.end[1]
        if token.type in _VALUES:
            source = f"{source[:start]}{_hidden(token.string)}{source[end:]}"
    return source


def _tokens(source: str) -> list[tokenize.TokenInfo] | None:
    """None where the line is a part of a statement."""
    try:
        tokens = list(tokenize.generate_tokens(StringIO(source).readline))
    except (tokenize.TokenError, SyntaxError):
        return None
    is_whole = all(token.type != tokenize.ERRORTOKEN for token in tokens) and _is_balanced(tokens)
    return tokens if is_whole else None


def _is_balanced(tokens: list[tokenize.TokenInfo]) -> bool:
    """Whether no bracket is closed that was opened before: Python 3.12 and later do not mind."""
    depth = 0
    for token in tokens:
        depth += (token.string in "([{") - (token.string in ")]}") if token.type == tokenize.OP else 0
        if depth < 0:
            return False
    return True


def _tells_of_a_secret(token: tokenize.TokenInfo) -> bool:
    if token.type != tokenize.NAME and token.type not in _VALUES:
        return False
    # The last word of a text may make it harmless, as in `token_type`: each has its own say.
    return not iskeyword(token.string) and any(map(redact.is_secret, [token.string, *_WORD.findall(token.string)]))


def _hidden(value: str) -> str:
    """A text with its quotes, a comment with its mark, or all of a number."""
    found = _QUOTED.fullmatch(value)
    return f"{found[1]}{redact.HIDDEN}{found[2] or ''}" if found else redact.HIDDEN


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
