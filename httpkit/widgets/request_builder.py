"""RequestBuilder: a request to fill in, and what comes back beside it."""

from __future__ import annotations

import concurrent.futures
from collections.abc import Callable
from dataclasses import dataclass, replace
from threading import get_ident
from typing import Any

from traitlets import Bool, Enum, Int, Unicode, validate

from httpkit import snippets
from httpkit.constants import METHODS
from httpkit.draft import Draft
from httpkit.errors import NodeError
from httpkit.exchange import Exchange, Sending
from httpkit.notebook.failures import Failure, failure
from httpkit.notebook.fields import NAMES_IN_REQUESTS, field_of, usual_values
from httpkit.notebook.html import card, prose, tag
from httpkit.notebook.items import draft_of, split_line
from httpkit.notebook.live import Underway
from httpkit.notebook.mistakes import Mistake
from httpkit.notebook.recording import recorder
from httpkit.notebook.serving import running
from httpkit.notebook.views import code as code_view
from httpkit.notebook.views import draft as draft_view
from httpkit.notebook.views import exchange as exchange_view
from httpkit.notebook.views import failure as failure_view
from httpkit.notebook.views import method as method_view
from httpkit.notebook.views import progress as progress_view
from httpkit.notebook.views.status import spec_link
from httpkit.snippets.snippet import Snippet

from .hiding import Hidden
from .live import Live, Message
from .names import notebook_names
from .request_form import RequestForm
from .ticker import Ticker

# ms between two looks at an answer that is on its way.
_INTERVAL = 200
_MOST_REMEMBERED = 50

_EVERYDAY = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")

_LANGUAGES: dict[str, Callable[..., str]] = {
    "python": snippets.python,
    "node": snippets.node,
    "curl": snippets.curl,
    "httpie": snippets.httpie,
}


@dataclass(frozen=True)
class _Past:
    """A request that was sent, and what came of it: an exchange, or a failure."""

    form: RequestForm
    result: Exchange | Failure

    @property
    def html(self) -> str:
        if isinstance(self.result, Failure):
            return failure_view.html(self.result.failed)
        return exchange_view.content(self.result)

    def row(self, number: int) -> Message:
        result = self.result
        exchange = result if isinstance(result, Exchange) else None
        return {
            "number": number,
            "method": self.form.method,
            "url": self.form.shown(Hidden()).whole_url,
            "status": exchange.status if exchange is not None else 0,
            "time": round(exchange.phases.total, 1) if exchange is not None else None,
        }


class RequestBuilder(Live):
    """A request to fill in: method, URL, query, headers, body, credentials; the answer stands beside it.

    `request` is what it begins with: a line as %http takes it, a draft or an exchange. What was filled in is `form`,
    the last answer `exchange`. Texts may have templates, `{{token}}`, for names of the notebook. Secrets stay in the
    kernel: the page shows dots for them.

    Traits: `method`; `url`, without its query and without secrets; `tab`, what of the request is open; `busy`, whether
    an answer is waited for; `status`, that of the last answer, 0 for none.
    """

    LABEL = "Request"

    method = Unicode("GET", help="The method, usually one of http.METHODS").tag(sync=True)
    url = Unicode("", help="The URL without its query; ••• stand for secrets").tag(sync=True)
    tab = Enum(["query", "headers", "body", "auth", "options", "code", "history"], "query", help="What is open").tag(
        sync=True
    )
    busy = Bool(False, help="Whether an answer is waited for").tag(sync=True)
    status = Int(0, help="The status of the last answer; 0 for none").tag(sync=True)

    def __init__(self, request: str | Draft | Exchange = "", **traits: Any) -> None:
        self._form = RequestForm()
        self._hidden = Hidden()
        self._is_taking = False
        self._uploads: dict[str, tuple[str, bytes]] = {}
        self._past: list[_Past] = []
        self._sending: Sending | None = None
        self._pending: concurrent.futures.Future[Exchange] | None = None
        super().__init__(**traits)
        if request:
            self.load(request)
            if "tab" not in traits and self._form.kind != "none" and not self._form.query:
                # What was given is open, not what is empty.
                self.tab = "body"

    # --- from Python

    @property
    def form(self) -> RequestForm:
        """What is filled in; `builder.form = replace(builder.form, text="…", kind="json")` changes it."""
        return self._form

    @form.setter
    def form(self, form: RequestForm) -> None:
        self._take(form.tidied())

    @property
    def exchange(self) -> Exchange | None:
        """What came of the last request; None where it failed."""
        result = self._past[-1].result if self._past else None
        return result if isinstance(result, Exchange) else None

    def load(self, request: str | Draft | Exchange) -> None:
        """Fill in a request: a line as %http takes it, a draft, or what an exchange has sent. Raises Mistake."""
        if isinstance(request, str):
            words, options = split_line(request, notebook_names())
            request = draft_of(words, options, notebook_names())
        elif isinstance(request, Exchange):
            request = request._asked()
        self._take(RequestForm.of(request))

    def ask(self) -> Exchange:
        """Send what is filled in, and wait for the answer. Raises Mistake, Failure."""
        pending = self._begin()
        assert self._sending is not None
        if get_ident() == self._sending.home.thread_id:
            pending.cancel()
            raise NodeError("ask() would stop the event loop it runs on.", "ERR_WOULD_BLOCK")
        try:
            return pending.result()
        except NodeError as error:
            raise failure(error, self._sending.draft.method, self._sending.draft.url) from None
        except KeyboardInterrupt:
            pending.cancel()
            raise

    def cancel(self) -> None:
        """Wait no longer; what has come of an answer stays."""
        if self._pending is not None:
            self._pending.cancel()

    def insert(self) -> None:
        """Put the request as a `%%http` cell below the cell that runs."""
        from IPython.core.getipython import get_ipython

        shell = get_ipython()
        if shell is not None:
            shell.set_next_input(self._form.cell())

    def close(self) -> None:
        self.cancel()
        super().close()

    def to_html(self) -> str:
        if self._past:
            last = self._past[-1].result
            return failure_view.html(last.failed) if isinstance(last, Failure) else exchange_view.html(last)
        try:
            return draft_view.html(self._form.draft(notebook_names(), self._uploads))
        except (Mistake, NodeError):
            # It is not a request yet.
            form = self._form.shown(Hidden())
            return card(self.LABEL, tag("p", tag("code", f"{form.method} {form.whole_url}".strip())))

    # --- what is filled in

    def _take(self, form: RequestForm, by: str = "") -> RequestForm:
        """Fill in `form`; gives it as it may be shown."""
        self._form = form
        shown = form.shown(self._hidden)
        self._is_taking = True
        try:
            self.method, self.url = form.method, shown.url
        finally:
            self._is_taking = False
        self.tell("form", form=shown.to_message(), by=by)
        return shown

    @validate("method")
    def _method_was_set(self, proposal: Any) -> str:
        method = str(proposal.value).strip().upper()
        if not self._is_taking:
            self._take(replace(self._form, method=method))
        return method

    @validate("url")
    def _url_was_set(self, proposal: Any) -> str:
        # Before the trait has it, and with it every view and file: a URL may have secrets.
        if self._is_taking:
            return str(proposal.value)
        form = replace(self._form, url=self._hidden.filled("url", proposal.value)).tidied()
        return self._take(form).url

    def _veiled(self, text: str) -> str:
        return self._form.veil().text(super()._veiled(text))

    def _from_view(self, message: Message) -> RequestForm:
        return RequestForm.from_message(message).filled(self._hidden)

    # --- what is sent

    def _begin(self) -> concurrent.futures.Future[Exchange]:
        if self._pending is not None:
            self._pending.cancel()
        recorder.start()
        form = self._form
        self._sending = sending = Sending(form.draft(notebook_names(), self._uploads))
        self._pending = pending = sending.home.start(sending.run())
        self.busy = True
        ticker = Ticker(lambda: self._tell_progress(sending, pending), _INTERVAL).start()
        ticker.wake()
        pending.add_done_callback(lambda done: self._done(form, sending, done, ticker))
        return pending

    def _tell_progress(self, sending: Sending, pending: concurrent.futures.Future[Exchange]) -> bool:
        so_far = sending.so_far
        if pending.done() or self._pending is not pending:
            return False
        if so_far is not None:
            self.tell("progress", html=progress_view.content(Underway(so_far)))
        return True

    def _done(
        self, form: RequestForm, sending: Sending, pending: concurrent.futures.Future[Exchange], ticker: Ticker
    ) -> None:
        ticker.stop()
        result = _outcome(sending, pending)
        if result is not None:
            self._past = [*self._past, _Past(form, result)][-_MOST_REMEMBERED:]
        if self._pending is not pending:
            # Another one was sent meanwhile.
            return
        self._pending = None
        self.busy = False
        self.status = result.status if isinstance(result, Exchange) else 0
        html = self._past[-1].html if result is not None else tag("p", "Stopped before an answer came.")
        self.tell("answer", html=html, history=self._history())

    def _history(self) -> list[Message]:
        return [past.row(number) for number, past in enumerate(self._past)]

    # --- what views ask for

    def _snapshot(self) -> Message:
        return {
            "form": self._form.shown(self._hidden).to_message(),
            "methods": {method: method_view.explanation(method) for method in (*_EVERYDAY, *METHODS)},
            "headers": {name: _explained(name) for name in NAMES_IN_REQUESTS},
            "values": {name: list(usual_values(name)) for name in NAMES_IN_REQUESTS if usual_values(name)},
            "history": self._history(),
            "answer": self._past[-1].html if self._past else "",
        }

    def _do_edit(self, form: Message, by: str) -> Message:
        return self._take(self._from_view(form), by).to_message()

    def _do_send(self, form: Message, by: str) -> Message:
        shown = self._take(self._from_view(form), by)
        self._begin()
        return shown.to_message()

    def _do_cancel(self) -> None:
        self.cancel()

    def _do_code(self, language: str) -> Message:
        if language == "http":
            text = self._form.cell()
        else:
            text = _LANGUAGES[language](self._form.draft(notebook_names(), self._uploads).delivered(idle=0))
        return {"html": code_view.content(Snippet(text, language)), "text": text}

    def _do_recall(self, number: int) -> Message:
        past = self._past[number]
        self._take(past.form)
        return {"html": past.html}

    def _do_upload(self, data: bytes, item: str, name: str) -> None:
        self._uploads[item] = (name, data)

    def _do_urls(self) -> list[str]:
        """What a URL may begin with: running servers, and what was asked before."""
        asked = [past.row(0)["url"] for past in reversed(self._past)]
        return list(dict.fromkeys([*(f"http://localhost:{each.port}/" for each in running()), *asked]))


def _explained(name: str) -> str:
    known = field_of(name)
    return tag("span", prose(known.meaning), " – ", spec_link(known.spec)) if known is not None else ""


def _outcome(sending: Sending, pending: concurrent.futures.Future[Exchange]) -> Exchange | Failure | None:
    """What came of it; None where it was stopped before anything came."""
    try:
        return pending.result()
    except concurrent.futures.CancelledError:
        so_far = sending.so_far
        return replace(so_far, complete=False) if so_far is not None and so_far.status else None
    except NodeError as error:
        error.exchange = sending.so_far
        return failure(error, sending.draft.method, sending.draft.url)
