"""Which handler a request is for: its method, and the pattern of its path.

Rooms are handlers as Node's are, `def room(req, res)`, with two things more on the request, as in Express:
`req.params`, what the pattern's `{names}` stand for, and `req.query`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from inspect import getdoc
from typing import Any
from urllib.parse import unquote

Handler = Callable[[Any, Any], Any]

# What a server does for every path: HEAD is GET without the body, OPTIONS says what there is.
ANY = ("GET", "POST", "PUT", "PATCH", "DELETE")


@dataclass(frozen=True)
class Route:
    """Methods, a path such as `/notes/{id}`, and who answers; `example` is a path to try."""

    methods: tuple[str, ...]
    path: str
    handler: Handler
    example: str = ""

    @property
    def summary(self) -> str:
        """The first line of the handler's docstring."""
        return (getdoc(self.handler) or "").partition("\n")[0]

    def params(self, path: str) -> dict[str, str] | None:
        """What the names of the pattern stand for in `path`, or None where it is for another route."""
        pattern, given = self.path.split("/"), path.split("/")
        if len(pattern) != len(given):
            return None
        params = {}
        for expected, part in zip(pattern, given, strict=True):
            if expected.startswith("{"):
                if not part:
                    return None
                params[expected[1:-1]] = unquote(part)
            elif expected != unquote(part):
                return None
        return params


def routes_for(path: str, routes: Iterable[Route]) -> list[tuple[Route, dict[str, str]]]:
    """The routes of a path, whatever the method; those without names in them go first."""
    found = [(route, params) for route in routes if (params := route.params(path)) is not None]
    return sorted(found, key=lambda each: len(each[1]))


def allowed(routes: Iterable[Route]) -> str:
    """The `Allow` header of a path with these routes."""
    methods = {method for route in routes for method in route.methods}
    if "GET" in methods:
        methods.add("HEAD")
    return ", ".join(sorted({*methods, "OPTIONS"}))
