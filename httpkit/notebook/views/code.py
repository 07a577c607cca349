"""A request as code: in every language, or in one."""

from __future__ import annotations

from collections.abc import Callable

from httpkit.exchange import Exchange
from httpkit.notebook.highlight import highlighted
from httpkit.notebook.html import Html, card, folded, join, tag
from httpkit.snippets.snippet import Snippet

# What it is called, and how it is made.
_LANGUAGES: tuple[tuple[str, Callable[..., Snippet]], ...] = (
    ("curl", Exchange.to_curl),
    ("Python", Exchange.to_python),
    ("Node.js", Exchange.to_node),
    ("HTTPie", Exchange.to_httpie),
    (".http", Exchange.to_http),
)
# A body that is longer, in bytes, is not written out five times.
_LONGEST = 2_000


_MEDIA_TYPES = {
    "curl": "application/x-sh",
    "httpie": "application/x-sh",
    "python": "text/x-python",
    "node": "text/javascript",
    "http": "text/x-http",
}


def snippet_html(snippet: Snippet) -> Html:
    return card(f"The request as {snippet.language}", content(snippet))


def content(snippet: Snippet) -> Html:
    """Its text in colours, to stand elsewhere."""
    shown = highlighted(snippet, _MEDIA_TYPES[snippet.language])
    return tag("pre", shown, tabindex="0", role="region", aria_label=f"The request as {snippet.language}")


def html(exchange: Exchange) -> Html:
    if exchange.request.payload.size > _LONGEST:
        methods = ", ".join(f"exchange.{make.__name__}()" for _, make in _LANGUAGES)
        return tag("p", f"Its body is long: {methods} write the request out.")
    return join(_section(exchange, *language) for language in _LANGUAGES)


def _section(exchange: Exchange, name: str, make: Callable[..., Snippet]) -> Html:
    return folded(name, content(make(exchange, reveal=exchange.reveal)), unfolded=name == "curl")
