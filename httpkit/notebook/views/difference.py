"""Two exchanges compared."""

from __future__ import annotations

from httpkit.difference import Difference
from httpkit.notebook.html import Html, card, table, tag, visible

_HEADS = ("Where", "What", "Before", "After")


def html(difference: Difference) -> Html:
    if not difference:
        return card("Difference", tag("p", "No difference."))
    rows = (
        (change.where, change.kind, tag("code", change.before or ""), tag("code", change.after or ""))
        for change in difference
    )
    return card("Difference", table("What is different", _HEADS, rows, class_="httpkit-difference"))


def text(difference: Difference) -> str:
    return visible(str(difference))
