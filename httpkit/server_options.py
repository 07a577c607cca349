"""The options of createServer: what each must be, and what follows from it.

Source: https://nodejs.org/docs/latest-v24.x/api/http.html#httpcreateserveroptions-requestlistener
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from .errors import out_of_range, wrong_type
from .validation import check_validation


class Rule(NamedTuple):
    """What an option must be, in words and as a test; an integer that is too small is out of range."""

    expected: str
    holds: Callable[[Any], bool]
    is_number: bool = False


def _is_integer(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


_MS = Rule("an integer of milliseconds >= 0", _is_integer, is_number=True)
_BYTES = Rule("an integer of bytes >= 0", _is_integer, is_number=True)
_FLAG = Rule("of type bool", lambda value: isinstance(value, bool))
_CLASS = Rule("a class", lambda value: isinstance(value, type))

RULES: dict[str, Rule] = {
    "connectionsCheckingInterval": _MS,
    "headersTimeout": _MS,
    "requestTimeout": _MS,
    "keepAliveTimeout": _MS,
    "keepAliveTimeoutBuffer": _MS,
    "keepAliveInitialDelay": _MS,
    "maxHeaderSize": _BYTES,
    "highWaterMark": _BYTES,
    "noDelay": _FLAG,
    "keepAlive": _FLAG,
    "requireHostHeader": _FLAG,
    "joinDuplicateHeaders": _FLAG,
    "rejectNonStandardBodyWrites": _FLAG,
    "optimizeEmptyRequests": _FLAG,
    "insecureHTTPParser": _FLAG,
    "httpValidation": Rule("of type str", lambda value: isinstance(value, str)),
    # As in Node, anything but a list is taken for none.
    "uniqueHeaders": Rule("a list of header names", lambda value: True),
    "IncomingMessage": _CLASS,
    "ServerResponse": _CLASS,
    "shouldUpgradeCallback": Rule("of type function", callable),
}


def checked_options(options: Any, more: Mapping[str, Any], extra: frozenset[str] = frozenset()) -> dict[str, Any]:
    """The options that are set, from a mapping in Node's position and from keywords; `extra` names further ones.

    As in Node, a mapping may hold anything; a keyword that means nothing is a mistake. Raises ERR_INVALID_ARG_TYPE,
    ERR_INVALID_ARG_VALUE, ERR_OUT_OF_RANGE.
    """
    if options is not None and not isinstance(options, Mapping):
        raise wrong_type("options", "a mapping", options)
    for name, value in more.items():
        if name not in RULES and name not in extra:
            raise wrong_type(name, f"left out: the options are {', '.join([*RULES, *sorted(extra)])}", value)
    given = {name: value for name, value in {**(options or {}), **more}.items() if value is not None}
    for name, value in given.items():
        rule = RULES.get(name)
        if rule is not None and not rule.holds(value):
            is_small = rule.is_number and isinstance(value, (int, float)) and not isinstance(value, bool)
            raise (out_of_range if is_small else wrong_type)(f"options.{name}", rule.expected, value)
    check_validation(given)
    return given
