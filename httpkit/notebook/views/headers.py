"""Header lines, each with what it means."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from httpkit.notebook.fields import Field, field_of
from httpkit.notebook.html import Html, folded, join, plain, prose, table, tag, visible
from httpkit.veil import Veil

from .status import spec_link

Pairs = Sequence[tuple[str, str]]


def html(
    start_line: str, pairs: Pairs, label: str, veil: Veil | None = None, own: frozenset[str] | None = None
) -> Html:
    """The lines as a table under the start line, as on the wire; the value of a known name opens to its meaning.

    `start_line` has no secrets any more, `veil` hides those of the lines. `own` are the names that somebody asked for:
    the others say that the kit added them.
    """
    caption = tag("code", start_line, aria_label=f"{label}: {visible(start_line)}")
    rows = _rows(pairs, veil or Veil(), own)
    return table(caption, ("Header", "Value"), rows, class_="httpkit-headers")


def _rows(pairs: Pairs, veil: Veil, own: frozenset[str] | None) -> Iterator[tuple[Html, Html]]:
    for name, value in pairs:
        known = field_of(name)
        shown = tag("code", veil.header(name, value))
        if own is not None and name.lower() not in own:
            shown = join((shown, " ", tag("small", "added by httpkit")))
        yield _name(veil.text(name), known), _explained(shown, known) if known else shown


def _name(name: str, known: Field | None) -> Html:
    return tag("abbr", name, title=plain(known.meaning)) if known else tag("span", name)


def _explained(value: Html, known: Field) -> Html:
    return folded(value, tag("p", prose(known.meaning), " – ", spec_link(known.spec)))


def count(pairs: Pairs) -> str:
    return f"{len(pairs)} header{'' if len(pairs) == 1 else 's'}"


def text(pairs: Iterable[tuple[str, str]], veil: Veil | None = None) -> str:
    veil = veil or Veil()
    return "\n".join(visible(f"{veil.text(name)}: {veil.header(name, value)}") for name, value in pairs)
