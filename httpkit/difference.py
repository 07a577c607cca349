"""Two exchanges compared: what is different in what was asked and in what was answered.

The whole values are compared, and what is kept of them to be shown is capped and has no secrets. Times are not
compared: no two are the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from urllib.parse import parse_qsl, urlsplit

from .body_changes import body_changes
from .changes import ABSENT, Change, Words, by_name, fields, kept, values
from .exchange import Exchange
from .messages import Pairs, ReceivedResponse, without_secrets
from .veil import Veil

__all__ = ["Change", "Difference", "diff"]

# Headers that are another value each time, so that a difference says nothing.
_VOLATILE = frozenset(
    """
    age cf-ray date request-id sec-websocket-accept sec-websocket-key server-timing traceparent tracestate
    x-amz-cf-id x-amz-request-id x-amzn-requestid x-amzn-trace-id x-correlation-id x-request-id x-response-time
    x-runtime x-served-by x-timer x-trace-id
    """.split()
)


@dataclass(frozen=True)
class Difference:
    """What is different between two exchanges; false where nothing is, but for what differs each time.

    `before` and `after` say in a line which exchanges they are.
    """

    before: str
    after: str
    changes: tuple[Change, ...] = ()

    def __bool__(self) -> bool:
        return not all(change.volatile for change in self.changes)

    def __iter__(self) -> Iterator[Change]:
        return iter(self.changes)

    def __len__(self) -> int:
        return len(self.changes)

    def __str__(self) -> str:
        changes = self.changes or ("No difference.",)
        return "\n".join([f"--- {self.before}", f"+++ {self.after}", *map(str, changes)])


def diff(a: Exchange, b: Exchange, *, reveal: bool = False) -> Difference:
    """What is different in exchange `b` from exchange `a`, without secrets unless `reveal`.

    Compared are method, URL (its query by parameter), headers (in whatever order), bodies (JSON by path, forms by
    field, text by line) and status.
    """
    words = Words(Veil(reveal=True) if reveal else a.veil | b.veil)
    return Difference(_title(a, words), _title(b, words), tuple(_changes(a, b, words)))


def _title(exchange: Exchange, words: Words) -> str:
    answer = words.text(_status(exchange.response))
    return kept(f"{exchange.request.method} {words.text(without_secrets(exchange.request.url))} → {answer}")


def _changes(a: Exchange, b: Exchange, words: Words) -> Iterator[Change]:
    yield from values("method", a.request.method, b.request.method, kept)
    yield from _urls(a.request.url, b.request.url, words)
    yield from _headers("request header", a.request.raw_headers, b.request.raw_headers, words)
    yield from body_changes("request body", a.request, b.request, words)
    yield from values("status", _status(a.response), _status(b.response), words.text)
    yield from values("response", _ending(a), _ending(b), kept)
    yield from _headers("response header", a.response.raw_headers, b.response.raw_headers, words)
    yield from body_changes("response body", a.response, b.response, words)
    yield from _headers("response trailer", a.response.raw_trailers, b.response.raw_trailers, words)


def _status(got: ReceivedResponse) -> str:
    return f"{got.statusCode} {got.statusMessage}".strip() if got.statusCode else "no response"


def _ending(exchange: Exchange) -> str:
    return "complete" if exchange.complete else "incomplete"


def _urls(a: str, b: str, words: Words) -> Iterator[Change]:
    old, new = urlsplit(a), urlsplit(b)
    users = [parts.netloc.rpartition("@")[0] for parts in (old, new)]
    hosts = [parts.netloc.rpartition("@")[2] for parts in (old, new)]
    yield from values("URL scheme", old.scheme, new.scheme, kept)
    yield from values("URL user", users[0], users[1], partial(_user, words))
    yield from values("URL host", hosts[0], hosts[1], kept)
    yield from values("URL path", old.path or "/", new.path or "/", words.text)
    pairs = [parse_qsl(parts.query, keep_blank_values=True) for parts in (old, new)]
    yield from fields("query parameter", pairs[0], pairs[1], words)
    yield from values("URL fragment", old.fragment, new.fragment, words.text)


def _headers(what: str, before: Pairs, after: Pairs, words: Words) -> Iterator[Change]:
    old, new = (by_name((name.lower(), value) for name, value in pairs) for pairs in (before, after))
    spelling = {name.lower(): name for name, _ in (*before, *after)}
    for name in {**old, **new}:
        yield from values(
            f"{what} {spelling[name]}",
            old.get(name, ABSENT),
            new.get(name, ABSENT),
            partial(words.headers, name),
            volatile=name in _VOLATILE,
        )


def _user(words: Words, user: str) -> str:
    # A password is recognised in a URL.
    return words.text(f"://{user}@")[3:-1] if user else ""
