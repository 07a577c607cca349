"""The request methods as a table."""

from __future__ import annotations

from collections.abc import Iterable

from httpkit.notebook.html import Html, card, plain, prose, table, tag
from httpkit.notebook.methods import METHOD_TABLE, Method

from .status import spec_link

# The everyday ones first.
_ORDER = {name: position for position, name in enumerate(METHOD_TABLE)}
_ANSWERS = {True: "yes", False: "no", None: "–"}
_HEADS = ("Method", "What it asks for", "Safe", "Idempotent", "Cacheable", "Defined in")
_LEGEND = (
    "Safe: only reads. Idempotent: twice is the same as once, so it may be repeated. "
    "Cacheable: the answer may be kept; – where that depends on the answer, or no RFC says."
)


def _known(names: Iterable[str]) -> list[Method]:
    return [METHOD_TABLE.get(name) or Method(name, "", None, None, None, "in no RFC") for name in names]


def _answers(method: Method) -> list[str]:
    return [_ANSWERS[each] for each in (method.safe, method.idempotent, method.cacheable)]


def explanation(name: str) -> Html:
    """One line on what a request with this method asks for; empty for a method that no standard has."""
    known = METHOD_TABLE.get(name)
    if known is None:
        return Html()
    kind = " and ".join(filter(None, ("safe" if known.safe else "", "idempotent" if known.idempotent else "")))
    what = f" ({kind})" if kind else ""
    return tag("p", tag("code", name), ": ", prose(known.meaning), what, " – ", spec_link(known.spec))


def html(names: Iterable[str]) -> Html:
    methods = sorted(_known(names), key=lambda method: _ORDER.get(method.name, len(_ORDER)))
    rows = ((tag("code", each.name), prose(each.meaning), *_answers(each), spec_link(each.spec)) for each in methods)
    return card("Request methods", table("Request methods", _HEADS, rows), tag("p", tag("small", _LEGEND)))


def text(names: Iterable[str]) -> str:
    lines = [f"{'':<12} {'safe':<5} {'idempotent':<11} {'cacheable':<10}"]
    for each in _known(names):
        safe, idempotent, cacheable = _answers(each)
        lines.append(f"{each.name:<12} {safe:<5} {idempotent:<11} {cacheable:<10} {plain(each.meaning)}")
    return "\n".join(lines)
