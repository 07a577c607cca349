"""Objects of the kit show themselves in notebooks and terminals."""

from __future__ import annotations

from typing import Any


class Shown:
    """IPython asks `_repr_mimebundle_` how to show an object."""

    __slots__ = ()

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        from .display import mimebundle

        return mimebundle(self)
