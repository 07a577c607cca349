"""A request in other words, for each that has them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from httpkit.exchange import Exchange
from httpkit.notebook.highlight import highlighted
from httpkit.notebook.html import Html, folded, join, tag

# What it is called, how it is made, and the media type it is coloured as.
_LANGUAGES: tuple[tuple[str, Callable[..., str], str], ...] = (
    ("curl", Exchange.to_curl, "application/x-sh"),
    ("Python", Exchange.to_python, "text/x-python"),
    ("Node.js", Exchange.to_node, "text/javascript"),
    ("HTTPie", Exchange.to_httpie, "application/x-sh"),
    (".http", Exchange.to_http, "text/plain"),
)
# A body that is longer, in bytes, is not written out five times.
_LONGEST = 2_000


def html(exchange: Exchange) -> Html:
    if exchange.request.payload.size > _LONGEST:
        methods = ", ".join(f"exchange.{make.__name__}()" for _, make, _ in _LANGUAGES)
        return tag("p", f"Its body is long: {methods} write the request out.")
    return join(_section(exchange, *language) for language in _LANGUAGES)


def _section(exchange: Exchange, name: str, make: Callable[..., Any], media_type: str) -> Html:
    code = tag("pre", highlighted(make(exchange, reveal=exchange.reveal), media_type), tabindex="0", role="region", aria_label=f"The request as {name}")
    return folded(name, code, unfolded=name == "curl")
