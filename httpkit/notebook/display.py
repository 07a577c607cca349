"""How objects show themselves: as HTML in a notebook, as text in a terminal."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from httpkit.archive import Archive
from httpkit.client_request import ClientRequest
from httpkit.constants import Methods, StatusCodes
from httpkit.difference import Difference
from httpkit.draft import Draft
from httpkit.exchange import Exchange
from httpkit.incoming import IncomingMessage
from httpkit.server import Server
from httpkit.snippets.snippet import Snippet

from .expectations import Grade
from .failures import Failed
from .http_text import Note
from .live import Finished, Underway
from .raw import WireBytes
from .recording import Traffic
from .run import Exchanges
from .serving import Served, Servers
from .statuses import Status, Statuses
from .views import (
    code,
    difference,
    draft,
    exchange,
    failure,
    grade,
    message,
    method,
    note,
    progress,
    server,
    several,
    status,
    traffic,
    wire,
)

Bundle = dict[str, str]


# Each kind of object, its text and its HTML.
_VIEWS: dict[type, tuple[Callable[[Any], str], Callable[[Any], str]]] = {
    Exchange: (exchange.text, exchange.html),
    Exchanges: (several.text, several.html),
    Status: (status.text, status.html),
    Statuses: (status.many_text, status.many_html),
    StatusCodes: (status.codes_text, status.codes_html),
    Methods: (method.text, method.html),
    Served: (server.text, server.html),
    Servers: (server.many_text, server.many_html),
    Server: (server.node_text, server.node_html),
    IncomingMessage: (message.text, message.html),
    ClientRequest: (message.request_text, message.request_html),
    Snippet: (str, code.snippet_html),
    Draft: (draft.text, draft.html),
    Failed: (failure.text, failure.html),
    Underway: (progress.text, progress.html),
    Finished: (lambda shown: repr(shown.exchange), lambda shown: progress.summary_html(shown.exchange)),
    Traffic: (traffic.text, traffic.html),
    Archive: (traffic.archive_text, traffic.archive_html),
    Difference: (difference.text, difference.html),
    Note: (note.text, note.html),
    WireBytes: (lambda shown: wire.text(shown.exchange), wire.card_html),
    Grade: (grade.text, grade.html),
}


def text(shown: Any) -> str:
    """An object of the kit for a terminal."""
    return _view(shown)[0](shown)


def mimebundle(shown: Any) -> Bundle:
    """'text/plain' and 'text/html' of an object of the kit."""
    as_text, as_html = _view(shown)
    return {"text/plain": as_text(shown), "text/html": str(as_html(shown))}


def _view(shown: Any) -> tuple[Callable[[Any], str], Callable[[Any], str]]:
    return next(_VIEWS[kind] for kind in type(shown).__mro__ if kind in _VIEWS)
