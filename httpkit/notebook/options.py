"""The options of `%http` and `%%http`, named as HTTPie names them, and what they ask for.

Source: https://httpie.io/docs/cli
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from enum import Enum
from pathlib import Path
from typing import NamedTuple

from httpkit import redact
from httpkit.draft import Delivery, Draft
from httpkit.headers import basic

from .mistakes import Mistake
from .paths import path_of
from .sessions import session
from .templates import Names, fill, reveal

# `--timeout 0`, in ms.
FOR_EVER = 1e9


@dataclass
class Options:
    """What the options of a line ask for; `user` and `kind` are those of `--auth` and `--auth-type`."""

    delivery: Delivery = field(default_factory=Delivery)
    user: str | None = None
    kind: str = "basic"
    form: bool = False
    multipart: bool = False
    raw: str | None = None
    offline: bool = False
    reveal: bool = False
    download: bool = False
    file: Path | None = None
    name: str | None = None
    env: str | None = None
    # The options that were given, to be told from those that only have their defaults.
    given: set[str] = field(default_factory=set)

    def check_for(self, where: Where) -> None:
        """Raise Mistake where an option was given that is for something else."""
        for name in sorted(self.given):
            if _OPTIONS[name].where not in (where, Where.BOTH):
                raise Mistake(f"--{name} is for {_OPTIONS[name].where.value}, and does nothing here: leave it out.")

    def over(self, draft: Draft) -> Draft:
        """A draft that was written in another way, sent as these options ask for."""
        plain = Delivery()
        asked = {name: value for name, value in vars(self.delivery).items() if value != getattr(plain, name)}
        return draft.with_defaults(self.credentials()).delivered(**asked)

    def deliver(self, **changes: object) -> None:
        self.delivery = replace(self.delivery, **changes)  # type: ignore[arg-type]  # the table below has the types

    def credentials(self) -> list[tuple[str, str]]:
        """The Authorization header that is asked for, if one is. Raises Mistake."""
        if self.user is None:
            return []
        if self.kind == "bearer":
            redact.remember(self.user)
            return [("Authorization", f"Bearer {self.user}")]
        name, colon, password = self.user.partition(":")
        if not colon:
            raise Mistake(
                "--auth has no password. Expected --auth name:password; {{password}} is filled in from the notebook, "
                "and name: is for none. For a token write --auth-type bearer --auth TOKEN."
            )
        redact.remember(password)
        return [("Authorization", basic(f"{name}:{password}"))]


class Where(Enum):
    """What an option is for: one request in a line, the requests of a `.http` text, or both."""

    LINE = "one request in a line"
    TEXT = "the requests of a .http file, as in %http --file api.http"
    BOTH = "any"


class _Option(NamedTuple):
    """How an option is carried out; `value` is what follows it, '' where nothing does."""

    act: Callable[[Options, str], None]
    value: str = ""
    where: Where = Where.BOTH


def _number(name: str, value: str) -> float:
    try:
        number = float(value)
        if 0 <= number < float("inf"):
            return number
    except ValueError:
        pass
    raise Mistake(f"--{name} needs a number, as in --{name} 60. Got {value}.")


def _timeout(options: Options, value: str) -> None:
    options.deliver(idle=_number("timeout", value) * 1000 or FOR_EVER)


def _max_redirects(options: Options, value: str) -> None:
    if not value.isdecimal():
        raise Mistake(f"--max-redirects needs a whole number, as in --max-redirects 5. Got {value}.")
    options.deliver(max_redirects=int(value))


def _verify(options: Options, value: str) -> None:
    words = {"yes": True, "true": True, "no": False, "false": False}
    if value.lower() not in words and not path_of(value).is_file():
        raise Mistake(f"--verify {value}: there is no such file. Expected yes, no, or a PEM file of certificates.")
    options.deliver(verify=words.get(value.lower(), value))


def _cert(options: Options, value: str) -> None:
    key = options.delivery.cert[1] if options.delivery.cert else value
    options.deliver(cert=(value, key))


def _cert_key(options: Options, value: str) -> None:
    options.deliver(cert=(options.delivery.cert[0] if options.delivery.cert else value, value))


def _proxy(options: Options, value: str) -> None:
    # HTTPie says for which protocol it is: `http:http://localhost:3128`.
    url = re.sub(r"^(?:https?|all):(?=\w+://)", "", value)
    options.deliver(proxy=url if "://" in url else f"http://{url}")


def _auth_type(options: Options, value: str) -> None:
    if value not in ("basic", "bearer"):
        raise Mistake(f"--auth-type {value} is not known. Expected basic or bearer.")
    options.kind = value


def _output(options: Options, value: str) -> None:
    options.deliver(download=path_of(value))


def _session(options: Options, value: str) -> None:
    if "/" in value or "\\" in value:
        raise Mistake(
            f"--session {value} looks like a file, and sessions last as long as the kernel: expected a name, as in "
            "--session ann. It keeps cookies."
        )
    options.deliver(session=session(value))


def _set(name: str, value: object = True) -> Callable[[Options, str], None]:
    return lambda options, _: setattr(options, name, value)


def _take(name: str, kind: Callable[[str], object] = str) -> Callable[[Options, str], None]:
    return lambda options, value: setattr(options, name, kind(value))


_OPTIONS: dict[str, _Option] = {
    "auth": _Option(_take("user"), "NAME:PASSWORD"),
    "auth-type": _Option(_auth_type, "basic|bearer"),
    "cert": _Option(_cert, "FILE.pem"),
    "cert-key": _Option(_cert_key, "FILE.pem"),
    "download": _Option(_set("download"), where=Where.LINE),
    "env": _Option(_take("env"), "NAME", Where.TEXT),
    "file": _Option(_take("file", path_of), "FILE.http"),
    "follow": _Option(lambda options, _: options.deliver(follow=True)),
    "form": _Option(_set("form"), where=Where.LINE),
    "json": _Option(_set("form", False), where=Where.LINE),
    "max-redirects": _Option(_max_redirects, "NUMBER"),
    "multipart": _Option(_set("multipart"), where=Where.LINE),
    "name": _Option(_take("name"), "NAME", Where.TEXT),
    "offline": _Option(_set("offline")),
    "output": _Option(_output, "FILE", Where.LINE),
    "proxy": _Option(_proxy, "URL"),
    "raw": _Option(_take("raw"), "TEXT", Where.LINE),
    "reveal": _Option(_set("reveal")),
    "session": _Option(_session, "NAME"),
    "timeout": _Option(_timeout, "SECONDS"),
    "verify": _Option(_verify, "yes|no|FILE.pem"),
}
NAMES = tuple(_OPTIONS)
# What only changes what HTTPie prints: here everything is shown, and may be folded.
_OF_PRINTING = {
    "": "all body headers ignore-stdin meta quiet sorted stream unsorted verbose",
    "WHAT": "format-options pretty print style",
}
_OPTIONS |= {
    name: _Option(lambda options, _: None, value) for value, names in _OF_PRINTING.items() for name in names.split()
}
# fmt: off
_SHORT = {
    "A": "auth-type", "F": "follow", "S": "stream", "a": "auth", "b": "body", "d": "download", "f": "form",
    "h": "headers", "j": "json", "m": "meta", "o": "output", "p": "print", "q": "quiet", "s": "style", "v": "verbose",
}
# fmt: on
_OPTION = re.compile(r"--(?P<long>[A-Za-z][\w-]*)(?:=(?P<value>.*))?|-(?P<short>[A-Za-z]+)", re.DOTALL)


def takes_value(name: str) -> str:
    """What follows an option, in a word; '' where nothing does."""
    return _OPTIONS[name].value


def take_options(words: list[str], names: Names) -> tuple[list[str], Options]:
    """The words of a line that are no options, and what the others ask for; templates in values are filled.

    Raises Mistake for an option that is unknown, has no value or a wrong one.
    """
    options, rest = Options(), []
    left = iter(words)
    for word in left:
        found = _OPTION.fullmatch(word)
        if found is None:
            rest.append(word)
            continue
        called = [found["long"]] if found["long"] else [_SHORT.get(letter, letter) for letter in found["short"]]
        for name in called:
            option = _option(name, word)
            value = _value(name, option, found["value"], left) if option.value else ""
            options.given.add(name)
            option.act(options, fill(value, names))
    return rest, options


def _option(name: str, word: str) -> _Option:
    if name in _OPTIONS:
        return _OPTIONS[name]
    close = get_close_matches(name, _OPTIONS, 1)
    hint = f"Did you mean --{close[0]}?" if close else f"There are: {', '.join(f'--{each}' for each in NAMES)}."
    raise Mistake(f"{reveal(word)} is not an option of %http. {hint}")


def _value(name: str, option: _Option, given: str | None, left: object) -> str:
    value = given if given is not None else next(left, None)  # type: ignore[call-overload]  # an iterator of words
    if value is None:
        raise Mistake(f"--{name} needs a value: --{name} {option.value}.")
    return str(value)
