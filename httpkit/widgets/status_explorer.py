"""StatusExplorer: every status code, what it means, and the real exchange that leads to it."""

from __future__ import annotations

import concurrent.futures
from typing import Any

from traitlets import Int, Unicode

from httpkit.exchange import Exchange, Sending
from httpkit.notebook.html import prose
from httpkit.notebook.recording import recorder
from httpkit.notebook.serving import close
from httpkit.notebook.statuses import GROUPS, STATUSES, Status, search_words
from httpkit.notebook.triggers import answer, draft_for
from httpkit.notebook.views import exchange as exchange_view
from httpkit.notebook.views import status as status_view
from httpkit.server import Server, createServer

from .live import Live, Message


class StatusExplorer(Live):
    """All status codes by class, with a search; “Try it” asks a server of this machine for one.

    Traits: `query`, words of a name or a meaning, or `4xx`; `selected`, the code that is explained, 0 for none.

    Source: https://nodejs.org/docs/latest-v24.x/api/http.html#httpstatus_codes, RFC 9110 section 15
    """

    LABEL = "Status codes"

    query = Unicode("", help="Words of a name or a meaning, a code or a class").tag(sync=True)
    selected = Int(0, help="The code that is explained; 0 for none").tag(sync=True)

    def __init__(self, **traits: Any) -> None:
        self._server: Server | None = None
        super().__init__(**traits)

    def trigger(self, code: int) -> Exchange:
        """Ask a server of this machine for `code`, and give the exchange. Raises Mistake for what cannot be tried."""
        return Sending(draft_for(code, self._origin())).result()

    def to_html(self) -> str:
        if self.selected in STATUSES:
            return status_view.html(STATUSES[self.selected])
        return status_view.many_html(STATUSES.values())

    def to_text(self) -> str:
        if self.selected in STATUSES:
            return status_view.text(STATUSES[self.selected])
        return status_view.many_text(STATUSES.values())

    def _snapshot(self) -> Message:
        return {
            "groups": {str(group): {"name": name, "meaning": meaning} for group, (name, meaning) in GROUPS.items()},
            "statuses": [_row(status) for status in STATUSES.values()],
        }

    def _do_trigger(self, code: int) -> concurrent.futures.Future[Message]:
        sending = Sending(draft_for(code, self._origin()))

        async def run() -> Message:
            exchange = await sending.run()
            return {"html": exchange_view.content(exchange), "status": exchange.status}

        return sending.home.start(run())

    def _origin(self) -> str:
        """Where the server is, which is started when it is first needed."""
        recorder.start()
        if self._server is None or not self._server.listening:
            self._server = createServer(answer)
            self._server.listen(0, "127.0.0.1")
        return self._server.url.rstrip("/")

    def _stop(self) -> None:
        if self._server is not None:
            close(self._server)
            self._server = None


def _row(status: Status) -> Message:
    return {
        "code": status.code,
        "reason": status.reason,
        "meaning": prose(status.meaning),
        "words": search_words(status),
        "details": status_view.explanation(status),
    }
