"""`{{$…}}`: values that are made anew each time, under the names of REST Client's and JetBrains' system variables.

Source: https://github.com/Huachao/vscode-restclient#system-variables
"""

from __future__ import annotations

import calendar
import os
import random
import re
import string
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from difflib import get_close_matches
from email.utils import format_datetime
from pathlib import Path
from typing import NamedTuple
from uuid import uuid4

from httpkit import redact

from .mistakes import Mistake

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks", "ms": "milliseconds"}
_MONTHS = {"M": 1, "Q": 3, "y": 12}
_SIGN_INS = frozenset({"aadToken", "aadV2Token", "oidcAccessToken", "auth.token"})
_WORD = re.compile(r'"[^"]*"|\'[^\']*\'|\S+')
_CALL = re.compile(r"(\$[\w.]+)\s*\((.*)\)")
# moment.js's and Day.js's letters, which REST Client takes; 0 is for a number without zeros in front.
_FORMATS: dict[str, str | Callable[[datetime], str]] = {
    "YYYY": "%Y", "YY": "%y", "MMMM": "%B", "MMM": "%b", "MM": "%m", "M": "0%m", "DDDD": "%j", "DDD": "0%j", "DD": "%d",
    "D": "0%d", "dddd": "%A", "ddd": "%a", "HH": "%H", "H": "0%H", "hh": "%I", "h": "0%I", "mm": "%M", "m": "0%M",
    "ss": "%S", "s": "0%S", "A": "%p", "ZZ": "%z",
    "a": lambda moment: f"{moment:%p}".lower(),
    "SSS": lambda moment: f"{moment.microsecond // 1000:03}",
    "Z": lambda moment: f"{moment:%z}"[:3] + ":" + f"{moment:%z}"[3:],
    "X": lambda moment: str(int(moment.timestamp())),
    "x": lambda moment: str(int(moment.timestamp() * 1000)),
}  # fmt: skip
_LETTERS = re.compile(r"\[([^\]]*)\]|" + "|".join(sorted(_FORMATS, key=len, reverse=True)))


class _Call(NamedTuple):
    """What stands in the braces: the name, what follows it, and the folder of the file it stands in."""

    text: str
    name: str
    words: list[str]
    folder: Path


def system_value(expression: str, folder: Path | None = None) -> str:
    """The value of `$guid`, `$randomInt 1 6`, …; `.env` is looked for in `folder`. Raises Mistake."""
    called = _CALL.fullmatch(expression)
    head, *words = [called[1], *re.split(r"\s*,\s*", called[2].strip())] if called else _WORD.findall(expression)
    name = head[1:]
    if name.startswith("env."):
        name, words = "processEnv", [name.removeprefix("env.")]
    call = _Call(expression, name, [word.strip("\"'") for word in words if word], folder or Path.cwd())
    if name in _SIGN_INS:
        raise Mistake(f"{{{{{expression}}}}} signs in somewhere, which is not done here: put a token into a variable.")
    if name not in _VALUES:
        close = get_close_matches(name, _VALUES, 1)
        hint = f"Did you mean ${close[0]}?" if close else f"There are: {', '.join(f'${each}' for each in _VALUES)}."
        raise Mistake(f"{{{{{expression}}}}} is no variable of the system. {hint}")
    return _VALUES[name](call)


def _wrong(call: _Call, expected: str) -> Mistake:
    return Mistake(f"{{{{{call.text}}}}} has no value. Expected {{{{{expected}}}}}.")


def _random_int(call: _Call) -> str:
    try:
        low, high = map(int, call.words or ["0", "1000"])
        # As REST Client and JetBrains have it, `high` is excluded.
        return str(random.randrange(low, high))
    except ValueError:
        raise _wrong(call, f"${call.name} MIN MAX") from None


def _random_text(call: _Call) -> str:
    length = int(call.words[0]) if call.words and call.words[0].isdecimal() else 10
    return "".join(random.choices(string.ascii_letters, k=length))


def _now() -> datetime:
    return datetime.now(UTC)


def _shifted(call: _Call, words: list[str]) -> datetime:
    """Now, or as far from now as `-3 d` says."""
    moment = _now()
    try:
        if words:
            amount, unit = words
            moment = _later(moment, int(amount), unit)
        return moment.astimezone() if call.name == "localDatetime" else moment
    except (ValueError, KeyError, OverflowError):
        raise _wrong(call, f"${call.name} … OFFSET UNIT}}}}, as in {{{{${call.name} … -3 d") from None


def _later(moment: datetime, amount: int, unit: str) -> datetime:
    """Raises KeyError for an unknown unit, ValueError or OverflowError for a year that there is not."""
    if unit not in _MONTHS:
        return moment + timedelta(**{_UNITS[unit]: amount})
    year, month = divmod(moment.year * 12 + moment.month - 1 + amount * _MONTHS[unit], 12)
    if not 1 <= year <= 9999:
        raise ValueError(year)
    # The 31st of a month that is shorter is its last day.
    day = min(moment.day, calendar.monthrange(year, month + 1)[1])
    return moment.replace(year=year, month=month + 1, day=day)


def _timestamp(call: _Call) -> str:
    return str(int(_shifted(call, call.words).timestamp()))


def _datetime(call: _Call) -> str:
    kind, *offset = call.words or ["iso8601"]
    moment = _shifted(call, offset)
    if kind == "rfc1123":
        return format_datetime(moment, usegmt=call.name == "datetime")
    if kind == "iso8601":
        text = moment.isoformat(timespec="milliseconds")
        return text.replace("+00:00", "Z")
    return _LETTERS.sub(lambda found: _formatted(found, moment), kind)


def _formatted(found: re.Match[str], moment: datetime) -> str:
    if found[1] is not None:
        return found[1]
    directive = _FORMATS[found[0]]
    if not isinstance(directive, str):
        return directive(moment)
    text = moment.strftime(directive.lstrip("0"))
    return text.lstrip("0") or "0" if directive.startswith("0") else text


def _from_environment(call: _Call) -> str:
    if not call.words:
        raise _wrong(call, "$processEnv NAME")
    name = _indirect(call.words[0], os.environ)
    return _told(name, os.environ.get(name), "the environment")


def _from_dotenv(call: _Call) -> str:
    if not call.words:
        raise _wrong(call, "$dotenv NAME")
    folder = call.folder.absolute()
    path = next((each / ".env" for each in (folder, *folder.parents) if (each / ".env").is_file()), None)
    if path is None:
        raise Mistake(f"{{{{{call.text}}}}} has no value: there is no .env in {call.folder} or above it.")
    try:
        values = _dotenv(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeError) as error:
        raise Mistake(f"{path} cannot be read: {getattr(error, 'strerror', None) or error}.") from None
    name = _indirect(call.words[0], values)
    return _told(name, values.get(name), str(path))


def _indirect(word: str, values: dict[str, str] | os._Environ[str]) -> str:
    """`%NAME` is for the name that NAME holds."""
    return values.get(word[1:], word[1:]) if word.startswith("%") else word


def _told(name: str, value: str | None, where: str) -> str:
    if value is None:
        raise Mistake(f"{name} is not set in {where}.")
    if redact.is_secret(name):
        redact.remember(value)
    return value


def _dotenv(text: str) -> dict[str, str]:
    """The lines `NAME=value` of a `.env`, quoted or not."""
    values = {}
    for line in text.splitlines():
        name, equals, value = line.strip().removeprefix("export ").partition("=")
        value = value.strip()
        if not equals or name.startswith("#"):
            continue
        quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "\"'"
        values[name.strip()] = value[1:-1] if quoted else value.partition(" #")[0].rstrip()
    return values


_VALUES: dict[str, Callable[[_Call], str]] = {
    "guid": lambda call: str(uuid4()),
    "uuid": lambda call: str(uuid4()),
    "random.uuid": lambda call: str(uuid4()),
    "randomInt": _random_int,
    "random.integer": _random_int,
    "random.alphabetic": _random_text,
    "random.email": lambda call: f"{_random_text(call).lower()}@example.com",
    "timestamp": _timestamp,
    "isoTimestamp": lambda call: datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
    "datetime": _datetime,
    "localDatetime": _datetime,
    "processEnv": _from_environment,
    "dotenv": _from_dotenv,
}
NAMES = tuple(_VALUES)
