"""`make reference`: writes docs/reference, a page for each public module, from the docstrings.

What is public is what `__all__` says, and of `net` and `tls` what Node has. A class lists what it and its private bases
define; what a public base defines stands there.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

FOLDER = Path(__file__).parents[1] / "docs" / "reference"

MODULES = (
    "httpkit",
    "httpkit.https",
    "httpkit.net",
    "httpkit.tls",
    "httpkit.stream",
    "httpkit.events",
    "httpkit.notebook",
    "httpkit.widgets",
    "httpkit.classroom",
)

# Names that only other modules of the kit import.
_INTERNAL = {
    "httpkit.net": {"Callback", "Handler", "SocketProtocol", "checked_port", "checked_timeout", "family_of"},
    "httpkit.tls": {"secure"},
    "httpkit.events": {"Listener"},
    "httpkit": {"load_ipython_extension", "unload_ipython_extension"},
}
_MAGICS = ("http", "serve", "servers", "stop", "status", "traffic", "har")


def pages() -> dict[str, str]:
    """Each page by its file's name."""
    modules = _modules()
    return {"README.md": _index(modules)} | {f"{module.__name__}.md": _page(module) for module in modules}


def _index(modules: list[ModuleType]) -> str:
    lines = [f"- [`{each.__name__}`]({each.__name__}.md): {_first_line(each)}" for each in modules]
    made = "Made from the docstrings, which `help()` and `?` show as well, by `make reference`."
    return "\n".join(["# Reference", "", made, "", *lines, "", _COVERAGE, ""])


_COVERAGE = "[coverage.md](../coverage.md) compares it with Node's `http` and `https`, name by name."


def _names(module: ModuleType) -> list[str]:
    hidden = _INTERNAL.get(module.__name__, set())
    public = [name for name in module.__all__ if name not in hidden]
    return [name for name in public if not isinstance(getattr(module, name), ModuleType)]


def _page(module: ModuleType) -> str:
    sections = [f"# `{module.__name__}`", _doc(module)]
    if module.__name__ == "httpkit.notebook":
        sections += ["## Magics", "`%load_ext httpkit` adds them.", *_magics(), "## Functions and classes"]
    if module.__name__ == "httpkit.classroom":
        sections += ["## What there is to try", _rooms(), "## Functions and classes"]
    for name in _names(module):
        sections += _section(name, getattr(module, name), module)
    return "\n\n".join(filter(None, sections)) + "\n"


def _magics() -> Iterator[str]:
    from httpkit.notebook.magics import Magics

    for name in _MAGICS:
        method = getattr(Magics, name)
        yield f"### `%{name}`"
        yield _doc(method)


def _rooms() -> str:
    from httpkit.classroom import Classroom

    rows = [f"| {' '.join(room.methods)} | `{room.path}` | {room.summary} |" for room in Classroom().routes]
    return "\n".join(["| method | path | what it does |", "|---|---|---|", *rows])


def _section(name: str, value: Any, module: ModuleType) -> Iterator[str]:
    if inspect.isclass(value):
        yield f"### `{name}{_signature(value)}`"
        yield _doc(value)
        bases = [f"`{base.__name__}`" for base in value.__mro__[1:] if _is_public(base)]
        if bases:
            yield f"A subclass of {bases[0]}."
        yield "\n".join(_members(value))
    elif callable(value):
        yield f"### `{name}{_signature(value)}`"
        yield _doc(value)
    else:
        yield f"### `{name}`"
        yield _VALUES.get(name, "")


_VALUES = {
    "METHODS": "Every method that the parser knows, sorted. In a notebook a table: safe, idempotent, what it is for.",
    "STATUS_CODES": "Status codes and their reasons; keys are integers, and `'404'` is one, too.",
    "globalAgent": "The Agent of requests that name none; each event loop has its own. Assign another to change it.",
    "maxHeaderSize": "Bytes that the head of a message may have: 16,384.",
    "captureRejectionSymbol": "The name of the method that gets what an `async` listener raises.",
    "errorMonitor": "The name of an event that comes before 'error', and does not count as listening for it.",
    "recorder": "The Recorder behind `%traffic`, which hears of all that this program sends and serves.",
}


def _is_public(base: type) -> bool:
    return any(base.__name__ in _names(module) and getattr(module, base.__name__) is base for module in _modules())


def _modules() -> list[ModuleType]:
    return [import_module(name) for name in MODULES]


def _members(cls: type) -> Iterator[str]:
    seen = set()
    for base in cls.__mro__:
        if not base.__module__.startswith("httpkit") or (base is not cls and _is_public(base)):
            continue
        for name, value in vars(base).items():
            if not name.startswith("_") and name not in seen and (line := _member(name, value)):
                seen.add(name)
                yield line


def _member(name: str, value: Any) -> str:
    if isinstance(value, (classmethod, staticmethod)):
        value = value.__func__
    doc = inspect.getdoc(value) if inspect.isfunction(value) or isinstance(value, property) else None
    if doc is None:
        return ""
    shown = name if isinstance(value, property) else f"{name}{_signature(value)}"
    first, *rest = doc.split("\n")
    more = "".join(f"\n  {line}" if line else "\n" for line in rest)
    return f"- **`{shown}`**: {first}{more}"


_STARS: dict[Any, int] = {inspect.Parameter.VAR_POSITIONAL: 1, inspect.Parameter.VAR_KEYWORD: 2}


def _signature(value: Any) -> str:
    """`(url, options=None)`; what has no value that can be written is `…`."""
    try:
        signature = inspect.signature(value)
    except (TypeError, ValueError):
        return "()"
    shown: list[str] = []
    for parameter in signature.parameters.values():
        if parameter.name in ("self", "cls") or parameter.name.startswith("_"):
            continue
        star = "*" * _STARS.get(parameter.kind, 0)
        default = "" if parameter.default is parameter.empty else f"={_written(parameter.default)}"
        if parameter.kind is parameter.KEYWORD_ONLY and not any(each.startswith("*") for each in shown):
            shown.append("*")
        shown.append(f"{star}{parameter.name}{default}")
    return f"({', '.join(shown)})"


def _written(value: Any) -> str:
    return repr(value) if isinstance(value, (int, float, str, bytes, tuple, type(None))) else "…"


def _doc(value: Any) -> str:
    # A docstring is nearly Markdown: what is indented is code.
    return inspect.getdoc(value) or ""


def _first_line(value: Any) -> str:
    return _doc(value).partition("\n")[0]


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    for old in FOLDER.glob("*.md"):
        old.unlink()
    for file, text in pages().items():
        (FOLDER / file).write_text(text)
        print(FOLDER.joinpath(file).relative_to(Path.cwd()))
