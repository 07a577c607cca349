r"""Names that say where in a JSON body a value goes, as HTTPie's: `pet[name]=Rex pet[tags][]=old pet[sizes][0]:=7`.

    a[b]     the member b of the object a       []       the whole body is a list, and this is its next item
    a[]      one more item of the list a        [0][b]   the member b of its first item
    a[2]     the third item; those that nobody gives are null

A bracket that belongs to a name has a backslash before it, and so has a number that is a name: 'a\[b\]=1' 'a[\1]=2'.
Source: https://httpie.io/docs/cli/nested-json
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

from httpkit.jsonpath import kind_of

from .mistakes import Mistake
from .templates import reveal

# The name of a member, the index of an item, or None for one item more.
Step = str | int | None
Path = tuple[Step, ...]

_NAME = r"(?:\\(?:.|\Z)|[^\\\[\]])*"
_WHOLE = re.compile(rf"(?P<root>{_NAME})(?P<steps>(?:\[{_NAME}\])*)", re.DOTALL)
_STEP = re.compile(rf"\[({_NAME})\]", re.DOTALL)
_NUMBER = re.compile(r"-?[0-9]+")
# An index beyond this is a slip of the keys, and would fill the memory with nulls.
_LONGEST = 10_000
_MOST_DIGITS = 10


def path_of(name: str, fill: Callable[[str], str]) -> Path:
    """Where `name` points; `fill` puts the values of templates into its parts, after they were told apart.

    Raises Mistake.
    """
    found = _WHOLE.fullmatch(name)
    if found is None:
        raise Mistake(
            f"{reveal(name)} has a bracket without its other half. Expected something like pet[name], pet[0] or pet[]; "
            rf"a bracket that is part of a name has a backslash before it: 'pet\[name\]=Rex'."
        )
    steps = [_step(each, fill) for each in _STEP.findall(found["steps"])]
    if found["root"]:
        return fill(_plain(found["root"])), *steps
    if steps and isinstance(steps[0], str):
        name = reveal(name)
        raise Mistake(f"{name} has nothing before its first bracket. Expected something like pet{name}, [0] or [].")
    return tuple(steps)


def _step(key: str, fill: Callable[[str], str]) -> Step:
    if not key:
        return None
    if not _NUMBER.fullmatch(key):
        return fill(_plain(key))
    if len(key) > _MOST_DIGITS or not 0 <= int(key) < _LONGEST:
        raise Mistake(
            rf"[{key}] is no index: expected 0 to {_LONGEST - 1:,}. For a member of that name write [\{key}]."
        )
    return int(key)


def _plain(name: str) -> str:
    """A name without the backslashes that say that it is one."""
    if name[:1] == "\\" and _NUMBER.fullmatch(name[1:]):
        return name[1:]
    return re.sub(r"\\([\\\[\]])", r"\1", name)


def written(path: Path) -> str:
    """The path as it is written in an item."""
    root, steps = (str(path[0]), path[1:]) if isinstance(path[0], str) else ("", path)
    return root + "".join(f"[{'' if step is None else step}]" for step in steps)


def build(fields: Iterable[tuple[Path, Any]]) -> Any:
    """The JSON value that has every field in its place. Raises Mistake where two of them want the same place."""
    # A place of its own for the whole, so that it is made and checked as its parts are.
    top: list[Any] = [None]
    for path, value in fields:
        holder: Any = top
        key: str | int = 0
        for depth, step in enumerate(path):
            kind = dict if isinstance(step, str) else list
            if holder[key] is None:
                holder[key] = kind()
            holder = holder[key]
            if not isinstance(holder, kind):
                raise _unfit(path, depth, holder)
            key = _place(holder, step)
        if holder[key] is not None:
            name = written(path)
            raise Mistake(
                f"{name} is given twice, and there is place for one. For a list write {name}:='[…]' or {name}[]=…."
            )
        holder[key] = value
    return top[0]


def _place(holder: Any, step: Step) -> str | int:
    """The key of what is asked for, after a place for it was made."""
    if isinstance(step, str):
        holder.setdefault(step, None)
        return step
    index = len(holder) if step is None else step
    holder.extend([None] * (index + 1 - len(holder)))
    return index


def _unfit(path: Path, depth: int, holder: Any) -> Mistake:
    is_what = "true or false" if isinstance(holder, bool) else kind_of(holder)
    what = written(path[:depth]) if depth else "the body"
    needs = "an object" if isinstance(path[depth], str) else "a list"
    return Mistake(f"{written(path)} needs {what} to be {needs}, and by what is before it, {what} is {is_what}.")
