"""HTML from Python, escaped unless it says otherwise.

`tag('td', text)` escapes `text`; only what `tag` itself made is taken as HTML. So nothing that came over the wire can
become markup, and there is one place to look.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from pathlib import Path

from httpkit.unseen import UNSEEN

_VOID = frozenset({"img", "meta", "base"})


def _minified(css: str) -> str:
    """Style without comments and needless space: every display carries it."""
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    return re.sub(r"\s*([{};:,>])\s*", r"\1", re.sub(r"\s+", " ", css)).strip()


STYLE = _minified(Path(__file__).with_name("style.css").read_text(encoding="utf-8"))


class Html(str):
    """Text that is HTML already."""

    __slots__ = ()


def visible(text: str) -> str:
    """`text` with control and direction characters made visible; line ends become plain newlines."""
    # A lone surrogate, which JSON can spell, has no UTF-8.
    text = text.encode("utf-8", "backslashreplace").decode()
    return text.replace("\r\n", "\n").translate(UNSEEN)


def escaped(text: object) -> Html:
    """`text` as HTML that shows it."""
    return text if isinstance(text, Html) else Html(html.escape(visible(str(text))))


def join(parts: Iterable[object]) -> Html:
    """All parts one after the other; what is not HTML is escaped."""
    return Html("".join(map(escaped, parts)))


def tag(name: str, *children: object, **attributes: str | bool | None) -> Html:
    """An element; `class_` is its class, `data_x` is data-x, True is an attribute without a value, None is left out."""
    written = "".join(_attribute(key, value) for key, value in attributes.items())
    return Html(f"<{name}{written}>") if name in _VOID else Html(f"<{name}{written}>{join(children)}</{name}>")


def _attribute(key: str, value: str | bool | None) -> str:
    if value is None or value is False:
        return ""
    name = key.rstrip("_").replace("_", "-")
    return f" {name}" if value is True else f' {name}="{html.escape(visible(value))}"'


def link(url: str, *children: object, class_: str | None = None) -> Html:
    """A link that opens in a tab of its own, so that the notebook stays."""
    return tag("a", *children, href=url, target="_blank", rel="noopener noreferrer", class_=class_)


def prose(text: str) -> Html:
    """A sentence of ours, in which `backticks` mark code."""
    return join(tag("code", part) if index % 2 else part for index, part in enumerate(text.split("`")))


def plain(text: str) -> str:
    """The same sentence for a terminal."""
    return text.replace("`", "")


def card(label: str, *children: object, role: str | None = None) -> Html:
    """A whole display: `label` is what a screen reader calls it. The style comes along, so that it stands alone.

    Nothing in it is a formula, although JSONPath begins with `$`, and prices do.
    """
    classes = "httpkit mathjax_ignore tex2jax_ignore"
    return tag("section", tag("style", Html(STYLE)), *children, class_=classes, aria_label=label, role=role)


def folded(summary: object, *children: object, unfolded: bool = False, class_: str | None = None) -> Html:
    """Something to open and close, by keyboard too, without a script."""
    return tag("details", tag("summary", summary), *children, open=unfolded, class_=class_)


def scrolled(label: str, *children: object) -> Html:
    """What may be long in a box that scrolls, by keyboard too."""
    return tag("div", *children, class_="httpkit-scroll", tabindex="0", role="region", aria_label=label)


def table(caption: object, heads: Iterable[str], rows: Iterable[Iterable[object]], class_: str | None = None) -> Html:
    """A table whose rows each begin with their header cell."""
    head = tag("thead", tag("tr", *(tag("th", name, scope="col") for name in heads)))
    body = tag("tbody", *(_row(row) for row in rows))
    return tag("table", tag("caption", caption), head, body, class_=class_)


def _row(cells: Iterable[object]) -> Html:
    first, *rest = cells
    return tag("tr", tag("th", first, scope="row"), *(tag("td", cell) for cell in rest))
