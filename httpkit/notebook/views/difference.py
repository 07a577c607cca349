"""Two exchanges compared."""

from __future__ import annotations

from httpkit.changes import Change
from httpkit.difference import Difference
from httpkit.notebook.html import Html, card, join, scrolled, table, tag, visible

_HEADS = ("Where", "What", "Before", "After")


def html(difference: Difference) -> Html:
    between = tag("p", tag("code", difference.before), " and ", tag("code", difference.after), class_="httpkit-line")
    if not difference.changes:
        return card("Difference", between, tag("p", "No difference."))
    rows = (
        (_where(change), change.kind, tag("code", change.before or ""), tag("code", change.after or ""))
        for change in difference
    )
    changes = table("What is different", _HEADS, rows, class_="httpkit-difference")
    return card("Difference", between, scrolled("What is different", changes))


def _where(change: Change) -> Html:
    return join((change.where, " ", tag("small", "another each time"))) if change.volatile else join((change.where,))


def text(difference: Difference) -> str:
    return visible(str(difference))
