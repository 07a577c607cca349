"""One exchange: what was sent, what came back, and when.

An `Exchange` is a record, free of sockets and loops: it can be kept, compared, shown, saved and sent again. `send()`
makes one by running a `ClientRequest` to its end; a `Sending` can be asked on the way what there is so far. Times are
milliseconds, bodies are bytes exactly as they arrived.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from errno import errorcode
from functools import cached_property
from pathlib import Path
from threading import get_ident
from time import monotonic
from typing import Any, Self
from urllib.parse import urljoin

from . import har, https, redact, snippets
from .agents import agent_for
from .client import request
from .client_request import ClientRequest
from .cookies import joined_cookies
from .decoding import decoded, decoded_pieces
from .draft import IDLE, Delivery, Draft
from .errors import NodeError, SystemCallError, wrong_type
from .headers import IncomingHeaders, charset_of, text_of, validateHeaderValue
from .loop import Home, home
from .messages import Moment, Pairs, Phases, ReceivedResponse, SentRequest, SocketFacts, Wire, plain, without_secrets
from .net import checked_timeout
from .observer import MOST_INFORMATION, ClientObserver, Observer
from .option_names import check_keywords
from .payload import Payload, Spool
from .redirects import CREDENTIALS, is_redirect, is_same_origin, redirected
from .session import Session
from .snippets.snippet import Snippet
from .veil import Veil
from .writing import add_headers, write_body

Body = bytes | str | Payload | Path
Headers = Mapping[str, Any] | Iterable[tuple[str, Any]]


@dataclass(frozen=True)
class Exchange:
    """A request and its response.

    `redirects` are the exchanges that led here, first one first. `complete` is False where the response was cut short
    or is still coming. `draft` is what was asked for, `name` what the `.http` format calls it. `reveal` shows its
    secrets in displays. `moments` is what happened when, as long as it is not thousands of things.
    """

    request: SentRequest
    response: ReceivedResponse
    phases: Phases = field(default_factory=Phases)
    started_at: datetime | None = None
    socket: SocketFacts = field(default_factory=SocketFacts)
    wire: Wire = field(default_factory=Wire)
    redirects: tuple[Exchange, ...] = ()
    complete: bool = True
    draft: Draft | None = None
    side: str = "client"
    reveal: bool = False
    moments: tuple[Moment, ...] = ()

    def __repr__(self) -> str:
        sent, got = self.request, self.response
        answer = f"{got.statusCode} {plain(self.veil.text(got.statusMessage))}".rstrip()
        url = without_secrets(self.veil.text(sent.url))
        return f"<Exchange {plain(sent.method)} {url} → {answer}, {got.payload.size} bytes>"

    @property
    def name(self) -> str:
        return self.draft.name if self.draft is not None else ""

    @property
    def status(self) -> int:
        return self.response.statusCode

    @property
    def headers(self) -> IncomingHeaders:
        """The response's headers."""
        return self.response.headers

    @cached_property
    def veil(self) -> Veil:
        """What hides its secrets, and those of the redirects that led to it, in all that is shown of it."""
        hops = (*self.redirects, self)
        return Veil.of(((each.request, each.response) for each in hops), reveal=self.reveal)

    @property
    def content(self) -> bytes:
        """The response body without its Content-Encoding. Raises DecodingError."""
        return decoded(self.response.payload, self.headers.get("content-encoding"))

    @property
    def text(self) -> str:
        """The response body as text, in the charset its Content-Type names, else UTF-8; bad bytes become U+FFFD.

        Raises DecodingError where its Content-Encoding cannot be undone.
        """
        return self.content.decode(charset_of(self.headers.get("content-type")), errors="replace")

    def json(self) -> Any:
        """The response body parsed as JSON. Raises ValueError where it is none, and DecodingError."""
        return json.loads(self.content)

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the response body to a file, decoded; gives the path. Raises OSError and DecodingError."""
        spool = Spool()
        for piece in decoded_pieces(self.response.payload, self.headers.get("content-encoding")):
            spool.write(piece)
        return spool.payload.save(path)

    # --- in other words; secrets are hidden unless `reveal`, or the exchange is `revealed()`

    def to_curl(self, *, reveal: bool | None = None) -> Snippet:
        """The request as a curl command."""
        return Snippet(snippets.curl(self._asked(), reveal=self._reveals(reveal)), "curl")

    def to_python(self, *, reveal: bool | None = None) -> Snippet:
        """The request as Python code with httpkit."""
        return Snippet(snippets.python(self._asked(), reveal=self._reveals(reveal)), "python")

    def to_node(self, *, reveal: bool | None = None) -> Snippet:
        """The request as a program for Node.js."""
        return Snippet(snippets.node(self._asked(), reveal=self._reveals(reveal)), "node")

    def to_httpie(self, *, reveal: bool | None = None) -> Snippet:
        """The request as an HTTPie command."""
        return Snippet(snippets.httpie(self._asked(), reveal=self._reveals(reveal)), "httpie")

    def to_http(self, *, reveal: bool | None = None) -> Snippet:
        """The request in the `.http` format."""
        return Snippet(snippets.http(self._asked(), reveal=self._reveals(reveal)), "http")

    def to_har(self, *, reveal: bool | None = None) -> dict[str, Any]:
        """The exchange as an entry of a HAR file, version 1.2."""
        return har.entry(self, reveal=self._reveals(reveal))

    def _reveals(self, asked: bool | None) -> bool:
        return self.reveal if asked is None else asked

    def _asked(self) -> Draft:
        """What was asked for, of the request that was sent first."""
        if self.draft is not None:
            # What is only usual here need not be written elsewhere.
            return self.draft.delivered(idle=0) if self.draft.delivery.idle == IDLE else self.draft
        sent = self.request
        return Draft(sent.method, sent.url, snippets.own_headers(sent), sent.payload)

    # --- again

    def revealed(self) -> Self:
        """The same exchange, whose display hides no secrets."""
        return replace(self, reveal=True)

    def replay(
        self,
        *,
        method: str | None = None,
        url: str | None = None,
        headers: Headers = (),
        body: Body | None = None,
        **delivery: Any,
    ) -> Exchange:
        """Send the request once more, with what is given in place of what it had; more keywords are `Delivery`'s.

        `url` may be relative to what it was, and a header that is None is left out. A file that the first answer was
        downloaded to stays as it is. Raises what `send` raises.
        """
        check_keywords(delivery, frozenset(Delivery.__dataclass_fields__))
        draft = (self.draft or self._asked()).delivered(**{"download": None, **delivery})
        draft = replace(draft, method=method or draft.method, url=urljoin(draft.url, url or ""))
        if body is not None:
            draft = replace(draft.without("Content-Length"), payload=payload_of(body))
        pairs = _pairs(headers)
        draft = draft.without(*(name for name, value in pairs if value is None))
        return Sending(draft.with_headers(pairs_from(pair for pair in pairs if pair[1] is not None))).result()


def payload_of(body: Body) -> Payload:
    """A body as a payload: str is sent as UTF-8, a Path is for the bytes of that file. Raises OSError."""
    if isinstance(body, Payload):
        return body
    if not isinstance(body, (bytes, str, Path)):
        raise wrong_type("body", "of type bytes, str, Path or Payload (JSON is json.dumps(…))", body)
    return Payload(body.encode() if isinstance(body, str) else body)


def observed(observer: Observer) -> Exchange:
    """The exchange that an observer has seen, or so much of it as there is so far."""
    return Exchange(
        observer.request(),
        observer.response(),
        observer.phases(),
        observer.started_at,
        observer.socket(),
        observer.wire(),
        observer.redirects,
        observer.complete,
        observer.draft,
        observer.side,
        moments=observer.moments(),
    )


def send(
    method: str,
    url: str,
    headers: Headers = (),
    body: Body = b"",
    **delivery: Any,
) -> Exchange:
    """Send a request and wait for the whole answer; can be interrupted. Keywords are the fields of `Delivery`.

    `headers` are a mapping or (name, value) pairs; a `body` of str is sent as UTF-8, a Path is for that file. Raises
    what the request fails with: ERR_INVALID_URL, ECONNREFUSED, ENOTFOUND, ECONNRESET, ETIMEDOUT, HPE_*, …;
    ERR_TOO_MANY_REDIRECTS and ERR_INVALID_REDIRECT where redirects are followed; ERR_INVALID_ARG_TYPE.
    """
    return Sending(_draft(method, url, headers, body, delivery)).result()


async def asend(
    method: str,
    url: str,
    headers: Headers = (),
    body: Body = b"",
    **delivery: Any,
) -> Exchange:
    """`send()` for asynchronous code, on any loop."""
    sending = Sending(_draft(method, url, headers, body, delivery))
    return await sending.home.wait(sending.run())


def _draft(method: str, url: str, headers: Headers, body: Body, delivery: dict[str, Any]) -> Draft:
    check_keywords(delivery, frozenset(Delivery.__dataclass_fields__))
    return Draft(method, url, pairs_from(headers), payload_of(body), Delivery(**delivery))


def pairs_from(headers: Headers) -> Pairs:
    """Headers given as a mapping, or as (name, value) pairs in order, values as text.

    Raises ERR_HTTP_INVALID_HEADER_VALUE for None.
    """
    pairs = _pairs(headers)
    for name, value in pairs:
        if value is None:
            validateHeaderValue(name, value)
    return tuple((name, text_of(value)) for name, value in pairs)


def _pairs(headers: Headers) -> list[tuple[str, Any]]:
    return list(headers.items() if isinstance(headers, Mapping) else headers)


# Seconds that a loop may be late with its own time limits before it counts as stuck.
_GRACE = 1.0
# Seconds between two looks at what there is so far.
_INTERVAL = 0.1


class Sending:
    """A request on its way: `result()` waits for the exchange, `so_far` is what there is of it."""

    def __init__(self, draft: Draft) -> None:
        checked_timeout(draft.delivery.timeout, "timeout")
        checked_timeout(draft.delivery.idle, "idle")
        agent = draft.delivery.agent
        self.draft = draft
        self.home: Home = agent._home if agent is not None else home()
        self.redirects: list[Exchange] = []
        self._observer: ClientObserver | None = None
        self._current = draft

    @property
    def so_far(self) -> Exchange | None:
        """The exchange as it is now; None before there is a request."""
        if self._observer is None:
            return None
        return replace(observed(self._observer), draft=self.draft)

    def result(self, watch: Callable[[Sending], None] | None = None) -> Exchange:
        """Wait for the whole answer; `watch` is called ten times a second meanwhile, in this thread.

        Raises what `send` raises, each NodeError with `exchange`, what there was until then.
        """
        if get_ident() == self.home.thread_id:
            raise NodeError(
                "send() would stop the event loop it runs on: use `await asend(...)` there.", "ERR_WOULD_BLOCK"
            )
        pending = self.home.start(self.run())
        try:
            self._wait(pending, watch)
            return pending.result()
        except BaseException as exc:
            # Interrupted: nobody waits any more. (After a failure there is nothing to cancel.)
            pending.cancel()
            if isinstance(exc, NodeError):
                exc.exchange = self.so_far
            raise

    def _wait(self, pending: concurrent.futures.Future[Exchange], watch: Callable[[Sending], None] | None) -> None:
        patience = _Patience(self)
        while not concurrent.futures.wait([pending], _INTERVAL).done:
            if patience.is_over():
                raise self._stuck()
            if watch is not None:
                watch(self)

    @property
    def progress(self) -> tuple[int, int]:
        """Changes whenever something goes over the wire."""
        return len(self.redirects), self._observer.traffic if self._observer is not None else 0

    def _stuck(self) -> SystemCallError:
        return SystemCallError(
            f"no complete response from {redact.url(self._current.url)} in time, and the event loop is busy: a handler "
            "has not returned yet. What takes long belongs into `await asyncio.to_thread(...)`.",
            "ETIMEDOUT",
        )

    async def run(self) -> Exchange:
        """Send the request, and follow where it is redirected to if that is asked for."""
        limit = self.draft.delivery.timeout
        try:
            async with asyncio.timeout(limit / 1000 if limit else None):
                with _writable(self.draft.delivery.download):
                    return await self._send_and_follow()
        except TimeoutError:
            raise SystemCallError(
                f"no complete response from {redact.url(self._current.url)} within {limit:g} ms", "ETIMEDOUT"
            ) from None
        except NodeError:
            raise
        except OSError as exc:
            raise _file_error(exc) from exc

    async def _send_and_follow(self) -> Exchange:
        while True:
            exchange = await self._send()
            following = redirected(self._current, exchange.response) if self.draft.delivery.follow else None
            if following is None:
                return replace(exchange, draft=self.draft)
            self._follow(exchange, following)

    def _follow(self, exchange: Exchange, following: Draft) -> None:
        if len(self.redirects) >= self.draft.delivery.max_redirects:
            raise NodeError(
                f"{len(self.redirects)} redirects led to yet another one, to {redact.url(following.url)}: a loop? "
                "`max_redirects` allows more.",
                "ERR_TOO_MANY_REDIRECTS",
            )
        self.redirects.append(replace(exchange, redirects=()))
        self._current = following

    async def _send(self) -> Exchange:
        draft = self._current
        session = draft.delivery.session
        exchange = await self._exchange(draft if session is None else self._with_session(draft, session))
        if session is not None:
            session.cookies.take(draft.url, exchange.headers.get("set-cookie", ()))
        return exchange

    def _with_session(self, draft: Draft, session: Session) -> Draft:
        sent = draft.with_defaults(session.headers.items())
        if not is_same_origin(draft.url, self.draft.url):
            # Redirected to somebody else, who gets what the redirected request has kept.
            sent = sent.without(*CREDENTIALS)
        if cookies := session.cookies.header(draft.url):
            sent = sent.with_headers([("Cookie", joined_cookies(cookies, sent.header("Cookie") or ""))])
        return sent

    async def _exchange(self, draft: Draft) -> Exchange:
        is_secure = draft.url[:6].lower() == "https:"
        agent = agent_for(draft.delivery, "https" if is_secure else "http")
        idle = draft.delivery.idle or None
        req = (https.request if is_secure else request)(draft.url, method=draft.method, agent=agent, timeout=idle)
        self._observer = observer = ClientObserver.of(req)
        received = Spool()
        # What was asked for, without what a session adds: a replay adds its own.
        observer.knows(self._current, received, self.redirects)
        # Whoever awaits hears of errors, also when nobody does any more.
        req.on("error", lambda _: None)
        if idle:
            silence = SystemCallError(f"nothing came from {redact.url(draft.url)} for {idle:g} ms", "ETIMEDOUT")
            req.on("timeout", lambda: req.destroy(silence))
        req.on("information", lambda _: self._check_patience(req, observer))
        try:
            add_headers(req, draft.raw_headers)
            await write_body(req, draft.payload)
            res = await req
            if (download := draft.delivery.download) and not (
                draft.delivery.follow and is_redirect(observer.response())
            ):
                received.move_to(download)
            async for _ in res:
                # The observer has seen it.
                pass
        except NodeError as exc:
            # Of a response that is given up one hears only that it was aborted.
            raise req._reason or exc from None
        finally:
            req.destroy()
            received.close()
        return observed(observer)

    def _check_patience(self, req: ClientRequest, observer: ClientObserver) -> None:
        # Each of them is a sign of life, so that the time limit for silence is never over.
        if len(observer.response().information) >= MOST_INFORMATION:
            req.destroy(
                NodeError(
                    f"{MOST_INFORMATION} interim responses (1xx) came, and no final one", "ERR_TOO_MANY_INFORMATIONS"
                )
            )


@contextmanager
def _writable(path: Path | None) -> Iterator[None]:
    """Open a file that is to be written to: better to hear of it before the request than when the answer is there.

    Where it was not there before, and nothing came, it is taken away again.
    """
    if path is None:
        yield
        return
    is_new = not path.exists()
    path.open("ab").close()
    try:
        yield
    except BaseException:
        if is_new and not path.stat().st_size:
            path.unlink()
        raise


def _file_error(exc: OSError) -> SystemCallError:
    """A file that was to be sent or to be written to."""
    return SystemCallError(f"a file of the request cannot be used: {exc}", errorcode.get(exc.errno or 0, "ERR_FILE"))


class _Patience:
    """Whether a loop should have ended a request by itself: it is stuck if it has not."""

    def __init__(self, sending: Sending) -> None:
        self._sending = sending
        delivery = sending.draft.delivery
        self._deadline = monotonic() + delivery.timeout / 1000 + _GRACE if delivery.timeout else None
        self._idle = delivery.idle / 1000 + _GRACE if delivery.idle else None
        self._seen = sending.progress
        self._since = monotonic()

    def is_over(self) -> bool:
        now, seen = monotonic(), self._sending.progress
        if seen != self._seen:
            self._seen, self._since = seen, now
        late = self._deadline is not None and now >= self._deadline
        return late or (self._idle is not None and now - self._since >= self._idle)
