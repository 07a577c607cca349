"""Objects of the kit show themselves in notebooks and terminals."""

from __future__ import annotations

from typing import Any


class Shown:
    """IPython asks `_repr_mimebundle_` how to show an object, and of one that is a tuple too `_repr_pretty_`.

    It goes before other bases: IPython takes the first it finds.
    """

    __slots__ = ()

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        from .display import mimebundle

        return mimebundle(self)

    def __str__(self) -> str:
        from .display import text

        return text(self)

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        from .display import text

        printer.text(text(self))
