"""Which of what there is a client likes best: `Accept`, `Accept-Language`, `Accept-Encoding`.

Source: RFC 9110 §12.4 and §12.5
"""

from __future__ import annotations

import re

_QUALITY = re.compile(r"(?:^|;)\s*q=([^;]*)")
_WEIGHT = re.compile(r"0(?:\.\d{0,3})?|1(?:\.0{0,3})?")


def preferred(header: str, offered: tuple[str, ...], *, by_prefix: bool = False) -> str | None:
    """Which of what is offered the client likes best, the first of several that it likes as much; None for none.

    `by_prefix`: whoever likes `de-CH` likes 'de', too.
    """
    likes = [_like(member) for member in header.split(",")]

    def weight(each: str) -> float:
        # The closest member counts: one of its own goes before that of a class, and that before any.
        closeness, liked = max((_closeness(name, each, by_prefix=by_prefix), liked) for name, liked in likes)
        return liked if closeness else 0.0

    best = max(offered, key=weight)
    return best if weight(best) else None


def _closeness(name: str, offered: str, *, by_prefix: bool) -> int:
    """How exactly a member of the header names what is offered; 0 for not at all."""
    if name == offered:
        return 3
    if name == f"{offered.partition('/')[0]}/*" or (by_prefix and name.startswith(f"{offered}-")):
        return 2
    return int(name == ("*/*" if "/" in offered else "*"))


def _like(member: str) -> tuple[str, float]:
    """`de;q=0.8` as ('de', 0.8); a weight that is none counts as 0."""
    name, _, parameters = member.strip().lower().partition(";")
    quality = _QUALITY.search(parameters)
    weight = quality[1].strip() if quality else "1"
    return name.strip(), float(weight) if _WEIGHT.fullmatch(weight) else 0.0
