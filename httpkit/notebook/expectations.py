"""What an exchange is expected to be: checks that read as they are meant, and teach where they fail.

    expect(exchange).status(201).header("Location").json("$.id", 7)

Each check that holds is noted in `passed`; the first that does not raises `Unmet`, an AssertionError, so that it works
in tests too. `grade` goes on to the end.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from inspect import iscoroutine
from typing import Any, Self

from httpkit.changes import Words
from httpkit.errors import NodeError
from httpkit.exchange import Exchange

from .expected import ANYTHING, described
from .html import visible
from .mistakes import Mistake
from .shown import Shown
from .unmet import body, head, way
from .urls import target_of


class Unmet(AssertionError):
    """An expectation that does not hold; the message is all that a notebook shows."""

    def _render_traceback_(self) -> list[str]:
        return [str(self)]


class Expectation:
    """Checks of one exchange, one after the other; `passed` says which ones hold.

    Every check gives the expectation back, and raises Unmet where it does not hold.
    """

    def __init__(self, exchange: Exchange) -> None:
        self.exchange = exchange
        self.passed: list[str] = []
        self._words = Words(exchange.veil)

    def __repr__(self) -> str:
        return "\n".join(f"✓ {each}" for each in self.passed) or "<Expectation without checks>"

    def _checked(self, what: str, problem: str) -> Self:
        if problem:
            raise Unmet(visible(problem))
        self.passed.append(visible(self._words.text(what)))
        return self

    def status(self, *expected: int | str) -> Self:
        """The status is one of these: a code (201) or a class ('2xx'). Raises Mistake for anything else."""
        for each in expected or ("",):
            _check_status(each)
        what = " or ".join(map(str, expected))
        return self._checked(f"status {what}", head.status(self.exchange, expected, self._words))

    def header(self, name: str, expected: Any = ANYTHING) -> Self:
        """The response has the header, and its value is the one expected: a str, a compiled pattern or a function.

        A str is the whole value or one of its members between commas; parameters behind `;` count where the str has
        some: 'text/html' is met by `text/html; charset=utf-8`.
        """
        problem = head.header(self.exchange, name, expected, self._words)
        return self._checked(f"header {name}{self._is(name, expected)}", problem)

    def no_header(self, name: str) -> Self:
        """The response has no such header."""
        return self._checked(f"no header {name}", head.no_header(self.exchange, name, self._words))

    def cookie(self, name: str, expected: Any = ANYTHING) -> Self:
        """The response sets the cookie, and its value is the one expected: a str, a compiled pattern or a function."""
        return self._checked(f"cookie {name}", head.cookie(self.exchange, name, expected, self._words))

    def json(self, path: str, expected: Any = ANYTHING) -> Self:
        """The body is JSON, and `path` ('$.items[0].id') leads to the value expected.

        That is a plain value, a type (int), a compiled pattern or a function; without one any value will do. Where the
        path leads to several values, one of them has to be it, or the list of all. Raises Mistake for a bad path.
        """
        if not isinstance(path, str):
            raise Mistake("json() begins with a path: expected .json('$', …) for the whole, or .json('$.name', …).")
        try:
            problem = body.json(self.exchange, path, expected, self._words)
        except NodeError as error:
            raise Mistake(error.message) from None
        return self._checked(f"{path}{self._is(path, expected)}", problem)

    def text(self, expected: Any) -> Self:
        """The body, as text, has this str in it, matches this compiled pattern, or is accepted by this function."""
        what = f"text has {expected}" if isinstance(expected, str) else f"text is {described(expected)}"
        return self._checked(what, body.text(self.exchange, expected, self._words))

    def body(self, expected: bytes | str) -> Self:
        """The body, without its Content-Encoding, is exactly this; a str is for its UTF-8."""
        data = expected.encode() if isinstance(expected, str) else bytes(expected)
        return self._checked(f"body of {len(data):,} bytes", body.body(self.exchange, data))

    def faster_than(self, ms: float) -> Self:
        """From the request to the end of the response it took less than so many ms."""
        return self._checked(f"faster than {ms:g} ms", way.faster_than(self.exchange, ms))

    def redirected_to(self, url: Any) -> Self:
        """The response redirects to this URL, or a redirect there was followed: a str, which may be relative to the
        request's, a compiled pattern or a function."""
        problem = way.redirected_to(self.exchange, url, self._words)
        return self._checked(f"redirected to {described(url)}", problem)

    def reused_socket(self) -> Self:
        """The connection had served another request before."""
        return self._checked("reused socket", way.reused_socket(self.exchange))

    def _is(self, name: str, expected: Any) -> str:
        if expected is ANYTHING:
            return ""
        return f" is {described(expected) if self._words.named(name, 'value') == 'value' else 'as expected'}"


def _check_status(expected: object) -> None:
    text = str(expected).lower()
    is_code = isinstance(expected, (int, str)) and len(text) == 3 and text[0] in "12345"
    if not is_code or not (text.isdecimal() or text[1:] == "xx"):
        raise Mistake(f"{expected!r} is not a status. Expected a code such as 201, or a class such as '2xx'.")


def expect(exchange: Exchange) -> Expectation:
    """The checks of an exchange: `expect(exchange).status(200).json('$.id', int)`. Raises Mistake for anything else."""
    if not isinstance(exchange, Exchange):
        raise Mistake(
            f"expect() is given {type(exchange).__name__}. Expected an exchange, as http.send(…), %http and `await "
            "http.asend(…)` give one."
        )
    return Expectation(exchange)


@dataclass(frozen=True, repr=False)
class Grade(Shown):
    """What held and what did not, of several checks; true when all did.

    Grades can be added: `parts` are those of the single exchanges then, and `about` says of each which one it was.
    """

    passed: tuple[str, ...]
    missed: tuple[str, ...]
    about: str = ""
    parts: tuple[Grade, ...] = ()

    @property
    def points(self) -> int:
        """How many checks held."""
        return len(self.passed)

    @property
    def total(self) -> int:
        """How many there were."""
        return len(self.passed) + len(self.missed)

    def __repr__(self) -> str:
        return str(self)

    def __bool__(self) -> bool:
        return not self.missed

    def __add__(self, other: Grade) -> Grade:
        if not isinstance(other, Grade):
            return NotImplemented
        parts = (*(self.parts or (self,)), *(other.parts or (other,)))
        return Grade(self.passed + other.passed, self.missed + other.missed, parts=parts)

    def __radd__(self, other: object) -> Grade:
        # What sum() begins with.
        return self if other == 0 else NotImplemented


def _name_of(check: object) -> str:
    """What a check is called, in words: `def comes_in_two_languages(e)` is read as it is meant."""
    name = getattr(check, "__name__", type(check).__name__)
    return "the check" if name == "<lambda>" else name.replace("_", " ")


def grade(exchange: Exchange, *checks: Callable[[Expectation], object], about: str = "") -> Grade:
    """Make all the checks, such as `lambda e: e.status(201)`, also when one does not hold.

    A check may also give True or False, or assert something. `about` says which exchange it was, where its method and
    its path do not. Raises Mistake for one that checks nothing.
    """
    if not checks:
        raise Mistake("grade() has nothing to check. Expected grade(exchange, lambda e: e.status(200), …).")
    passed, missed = [], []
    for check in checks:
        expectation = expect(exchange)
        try:
            held = check(expectation)
        except AssertionError as error:
            missed.append(str(error) or f"{_name_of(check)}: no")
            continue
        if held is False:
            missed.append(f"{_name_of(check)}: no")
        elif expectation.passed or held is True:
            passed.append(", ".join(expectation.passed) or _name_of(check))
        else:
            if iscoroutine(held):
                held.close()
            raise Mistake(f"“{_name_of(check)}” checks nothing. Expected a function such as lambda e: e.status(200).")
    asked = f"{exchange.request.method} {exchange.veil.url(target_of(exchange.request.url))}"
    return Grade(tuple(passed), tuple(missed), visible(f"{asked} {about}".rstrip()))
