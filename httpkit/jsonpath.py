"""JSON paths: `$.items[0].name`, `$..id`, `$.items[?@.price < 10]`, with messages that say how far a path leads.

The library python-jsonpath does the work, and is loaded when the first path is looked for.

Source: RFC 9535, to which it is held: what a path means here, it means elsewhere too, except that a name after a dot
may have hyphens
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

from .errors import NodeError, received

if TYPE_CHECKING:
    from jsonpath import JSONPath, JSONPathEnvironment, JSONPathMatch
    from jsonpath.segments import JSONPathSegment

_SHORTHAND = re.compile(r"(?!\d)[^\W\U00010000-\U0010ffff]+")
# Names that a message lists, and those that are looked through for a similar one.
_LISTED = 12
_LOOKED_THROUGH = 2_000

# What stands where a path cannot be read on, and what to write instead. The first that fits counts.
_HINTS = (
    (re.compile(r"\[\s*\("), "There are no scripts; the last element is [-1]."),
    (re.compile(r"\.\s*[\"']"), "A name in quotes stands in brackets, without a dot: $['name']."),
    (re.compile(r"\b(and|or|not)\b"), "A filter combines with &&, || and !."),
    (re.compile(r"\.[\w-]+ +\w"), "A name with a space stands in brackets: $['first name']."),
    (re.compile(r"\[[^\]]*$"), "A bracket is opened and not closed."),
    (re.compile(r"\.\s*$"), "A name, [index] or * follows a dot."),
    (re.compile(r"[^=!<>]=[^=]"), "A filter compares with ==."),
)


class Node(NamedTuple):
    """A value and where it was found: `parts` are the names and indices that lead to it."""

    parts: tuple[str | int, ...]
    value: Any

    @property
    def path(self) -> str:
        return spelled(self.parts)


def spelled(parts: Iterable[str | int]) -> str:
    """The path that leads to one place, as people write it: `$.items[0]['first-name']`."""
    return "$" + "".join(map(_part, parts))


def _part(part: str | int) -> str:
    if isinstance(part, int):
        return f"[{part}]"
    if _SHORTHAND.fullmatch(part):
        return f".{part}"
    inner = _safe(part).replace('\\"', '"').replace("'", "\\'")
    return f"['{inner}']"


def nodes(value: Any, path: str) -> list[Node]:
    """All that `path` leads to in parsed JSON, with its places. Raises NodeError ERR_JSON_PATH for a bad path."""
    return [Node(match.parts, match.obj) for match in _steps(value, path)[-1]]


def find(value: Any, path: str) -> list[Any]:
    """All that `path` leads to in parsed JSON, [] for nothing. Raises NodeError ERR_JSON_PATH for a bad path."""
    return [node.value for node in nodes(value, path)]


def first(value: Any, path: str) -> Any:
    """The first value that `path` leads to in parsed JSON.

    Raises LookupError where there is none, with a message that says how far the path leads and what there is at that
    point, and NodeError ERR_JSON_PATH for a bad path.
    """
    found = find(value, path)
    if not found:
        raise LookupError(_why_nothing(value, path))
    return found[0]


# --- reading a path


def _bad_path(path: object, reason: str) -> NodeError:
    shown = f"“{path}”" if isinstance(path, str) else received(path)
    return NodeError(f"{shown} is not a JSON path: {reason}", "ERR_JSON_PATH")


@lru_cache(maxsize=1)
def _environment() -> JSONPathEnvironment:
    from jsonpath import JSONPathEnvironment

    return JSONPathEnvironment(strict=True)


@lru_cache(maxsize=256)
def _compiled(path: str) -> JSONPath:
    from jsonpath import JSONPathError

    if not isinstance(path, str):
        raise _bad_path(path, "expected text such as $.items[0].name.")
    text = path.strip()
    if not text.startswith("$"):
        dot = "" if text[:1] in {".", "["} else "."
        raise _bad_path(path, f"it begins with $, as in ${dot}{text or 'name'}.")
    try:
        compiled = _environment().compile(text)
    except RecursionError:
        raise _bad_path(path, "it is nested too deeply.") from None
    except JSONPathError as error:
        raise _bad_path(path, _complaint(text, error)) from None
    return compiled  # type: ignore[return-value]  # compound paths are no part of the standard, and not read strictly


def _complaint(text: str, error: Any) -> str:
    token = getattr(error, "token", None)
    # The library counts from 0, and its end of a path is -1.
    at = token.index if token is not None and token.index >= 0 else len(text)
    reason = str(error.args[0]) if error.args else "it cannot be read"
    if "TOKEN_" in reason:
        reason = f"unexpected {text[at : at + 1]!r}"
    hint = next((f" {hint}" for pattern, hint in _HINTS if pattern.search(text)), "")
    place = f"at character {at + 1}" if at < len(text) else "at its end"
    return f"{reason} {place}.{hint}"


def _steps(value: Any, path: str) -> list[list[JSONPathMatch]]:
    """What is left after each part of the path; the first is the whole, the last is the result."""
    from jsonpath import JSONPathError, JSONPathMatch

    query = _compiled(path)
    root = JSONPathMatch(filter_context={}, obj=value, parent=None, path="$", parts=(), root=value)
    steps = [[root]]
    try:
        for segment in query.segments:
            steps.append(list(segment.resolve(steps[-1])))
    except (JSONPathError, RecursionError):
        raise _bad_path(path, "it leads too deep into this value.") from None
    return steps


# --- why a path leads nowhere


def _why_nothing(value: Any, path: str) -> str:
    steps = _steps(value, path)
    at = next(index for index, step in enumerate(steps) if not step)
    before, segment = steps[at - 1], _compiled(path).segments[at - 1]
    return f"{path.strip()} matches nothing: {_missing(before, segment)}"


def _missing(before: list[JSONPathMatch], segment: JSONPathSegment) -> str:
    from jsonpath.segments import JSONPathRecursiveDescentSegment
    from jsonpath.selectors import IndexSelector, NameSelector

    where, there = spelled(before[0].parts), before[0].obj
    if len(before) > 1:
        where = f"none of {len(before)} values does, the first of which, {where},"
    selector = segment.selectors[0] if len(segment.selectors) == 1 else None
    if isinstance(segment, JSONPathRecursiveDescentSegment):
        name = selector.name if isinstance(selector, NameSelector) else None
        return f"nothing anywhere in {spelled(before[0].parts)} fits {segment}.{_similar(name, _all_names(there))}"
    if isinstance(selector, NameSelector):
        return _no_name(where, there, selector.name)
    if isinstance(selector, IndexSelector):
        return _no_index(where, there, selector.index)
    return f"nothing in {where} fits {segment}. It is {_described(there)}."


def _no_name(where: str, there: Any, name: str) -> str:
    if isinstance(there, dict):
        return f"{where} has no “{_safe(name)}”.{_similar(name, there)} It is {_described(there)}."
    if isinstance(there, list):
        inside = _part(name)
        return f"{where} is {_described(there)}: choose from it, as in [0]{inside}, or take all with [*]{inside}."
    return f"{where} is {_described(there)}, and has nothing inside."


def _no_index(where: str, there: Any, index: int) -> str:
    if isinstance(there, list):
        range_ = f", from [0] to [{len(there) - 1}]" if there else ""
        return f"{where} has no [{index}]. It is {_described(there)}{range_}."
    nothing = "" if isinstance(there, dict) else ", and has nothing inside"
    return f"{where} is {_described(there)}{nothing}."


def _described(value: Any) -> str:
    if isinstance(value, dict):
        names = [_safe(str(name)) for name in list(value)[:_LISTED]]
        more = f" and {len(value) - _LISTED} more" if len(value) > _LISTED else ""
        return f"an object with {', '.join(names)}{more}" if value else "an empty object"
    if isinstance(value, list):
        return f"a list of {len(value)}" if value else "an empty list"
    return kind_of(value)


def kind_of(value: Any) -> str:
    """What JSON calls a value: 'a string', 'null', …"""
    if value is None or isinstance(value, bool):
        return json.dumps(value)
    kinds = ((str, "a string"), ((int, float), "a number"), (dict, "an object"), ((list, tuple), "a list"))
    return next((name for kind, name in kinds if isinstance(value, kind)), f"an instance of {type(value).__name__}")


def _similar(name: str | None, names: Iterable[str]) -> str:
    if name is None:
        return ""
    by_folded = {str(each).casefold().replace("-", "_"): str(each) for each in islice(names, _LOOKED_THROUGH)}
    close = get_close_matches(name.casefold().replace("-", "_"), by_folded, 1)
    return f" Did you mean {_safe(by_folded[close[0]])}?" if close else ""


def _all_names(value: Any) -> Iterator[str]:
    rest = [value]
    while rest:
        each = rest.pop()
        if isinstance(each, dict):
            yield from each
            rest.extend(each.values())
        elif isinstance(each, list):
            rest.extend(each)


def _safe(name: str) -> str:
    """A name from the wire for a message: nothing in it acts on a terminal, and it is not endless."""
    return json.dumps(name if len(name) <= 60 else f"{name[:59]}…", ensure_ascii=False)[1:-1]
