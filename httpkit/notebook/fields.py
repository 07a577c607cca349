"""What the common header fields say, and where they are defined."""

from __future__ import annotations

from typing import NamedTuple


class Field(NamedTuple):
    """A header field in plain words."""

    meaning: str
    spec: str


_TABLE = {
    "Accept": ("The media types the client would like, best first by `q`", "RFC 9110 §12.5.1"),
    "Accept-Encoding": ("The compressions the client can undo", "RFC 9110 §12.5.3"),
    "Accept-Language": ("The languages the reader would like", "RFC 9110 §12.5.4"),
    "Accept-Ranges": ("Whether parts of this may be asked for with `Range`", "RFC 9110 §14.3"),
    "Access-Control-Allow-Credentials": ("Whether scripts of other sites may send cookies", "Fetch"),
    "Access-Control-Allow-Headers": ("The headers that scripts of other sites may send", "Fetch"),
    "Access-Control-Allow-Methods": ("The methods that scripts of other sites may use", "Fetch"),
    "Access-Control-Allow-Origin": ("The site whose scripts may read this; `*` is any", "Fetch"),
    "Access-Control-Max-Age": ("Seconds for which the browser need not ask again", "Fetch"),
    "Access-Control-Request-Headers": ("The headers that a script of another site wants to send", "Fetch"),
    "Access-Control-Request-Method": ("The method that a script of another site wants to use", "Fetch"),
    "Age": ("Seconds this has spent in a cache", "RFC 9111 §5.1"),
    "Allow": ("The methods this URL takes", "RFC 9110 §10.2.1"),
    "Alt-Svc": ("The same site over another protocol or port, such as HTTP/3", "RFC 7838 §3"),
    "Authorization": ("Who the client is: a scheme and its credentials", "RFC 9110 §11.6.2"),
    "Cache-Control": ("Who may keep this, and for how long", "RFC 9111 §5.2"),
    "Connection": (
        "`keep-alive`: the connection serves the next request too; `close`: it ends after this one",
        "RFC 9110 §7.6.1",
    ),
    "Content-Disposition": ("Show it, or save it under this name", "RFC 6266 §4"),
    "Content-Encoding": ("How the body is compressed", "RFC 9110 §8.4"),
    "Content-Language": ("The language of the intended reader", "RFC 9110 §8.5"),
    "Content-Length": ("The length of the body in bytes", "RFC 9110 §8.6"),
    "Content-Location": ("The URL of exactly this version", "RFC 9110 §8.7"),
    "Content-Range": ("Which part of the whole the body is", "RFC 9110 §14.4"),
    "Content-Security-Policy": ("What the page may load and run", "CSP"),
    "Content-Type": ("What the body is: its media type, and its charset", "RFC 9110 §8.3"),
    "Cookie": ("What the server asked the client to remember, sent back", "RFC 6265 §4.2"),
    "Date": ("When the message was made", "RFC 9110 §6.6.1"),
    "ETag": ("The name of this version, for `If-None-Match` and `If-Match`", "RFC 9110 §8.8.3"),
    "Expect": ("`100-continue`: the client waits for leave to send the body", "RFC 9110 §10.1.1"),
    "Expires": ("Until when this is fresh; `Cache-Control: max-age` goes first", "RFC 9111 §5.3"),
    "Forwarded": ("Who sent the request, as the proxies saw it", "RFC 7239 §4"),
    "From": ("The mail address of whoever runs the client", "RFC 9110 §10.1.2"),
    "Host": ("The site that is meant: one server may host many. HTTP/1.1 requires it", "RFC 9110 §7.2"),
    "If-Match": ("Only if the version is still one of these: no lost updates", "RFC 9110 §13.1.1"),
    "If-Modified-Since": ("Only if it has changed since then; else 304", "RFC 9110 §13.1.3"),
    "If-None-Match": ("Only if it is not one of these versions; else 304", "RFC 9110 §13.1.2"),
    "If-Range": ("The part if it is unchanged, else the whole", "RFC 9110 §13.1.5"),
    "If-Unmodified-Since": ("Only if it has not changed since then; else 412", "RFC 9110 §13.1.4"),
    "Keep-Alive": ("Seconds an idle connection stays open, and requests it still takes", "RFC 2068 §19.7.1.1"),
    "Last-Modified": ("When this last changed", "RFC 9110 §8.8.2"),
    "Link": ("Related URLs: the next page, a style sheet to preload", "RFC 8288 §3"),
    "Location": ("Where to go next, or where the new thing is", "RFC 9110 §10.2.2"),
    "Max-Forwards": ("How many proxies a TRACE or OPTIONS may still pass", "RFC 9110 §7.6.2"),
    "Origin": ("The site whose page makes the request", "RFC 6454 §7"),
    "Pragma": ("The ancestor of `Cache-Control`, deprecated", "RFC 9111 §5.4"),
    "Prefer": ("How the client would like it done, if possible", "RFC 7240 §2"),
    "Proxy-Authenticate": ("How to log in to the proxy", "RFC 9110 §11.7.1"),
    "Proxy-Authorization": ("Who the client is, for the proxy", "RFC 9110 §11.7.2"),
    "Range": ("The part that is wanted, say `bytes=0-99`", "RFC 9110 §14.2"),
    "Referer": ("The page the request comes from (misspelt since 1996)", "RFC 9110 §10.1.3"),
    "Referrer-Policy": ("How much of `Referer` the browser may send on", "Referrer Policy"),
    "Retry-After": ("When to try again: seconds, or a date", "RFC 9110 §10.2.3"),
    "Sec-WebSocket-Accept": ("The server's proof that it speaks WebSocket", "RFC 6455 §11.3.3"),
    "Sec-WebSocket-Key": ("A random value the server has to answer", "RFC 6455 §11.3.1"),
    "Server": ("The software that answers", "RFC 9110 §10.2.4"),
    "Set-Cookie": ("Remember this, and send it back as `Cookie`", "RFC 6265 §4.1"),
    "Strict-Transport-Security": ("Only ever come back over https", "RFC 6797 §6.1"),
    "TE": ("The transfer codings the client takes; `trailers` announces trailers", "RFC 9110 §10.1.4"),
    "Trailer": ("The headers that follow after the body", "RFC 9110 §6.6.2"),
    "Transfer-Encoding": ("`chunked`: the body comes in pieces, each with its length", "RFC 9112 §6.1"),
    "Upgrade": ("The protocols one could switch to", "RFC 9110 §7.8"),
    "User-Agent": ("The software that asks", "RFC 9110 §10.1.5"),
    "Vary": ("The request headers on which this answer depends", "RFC 9110 §12.5.5"),
    "Via": ("The proxies the message came through", "RFC 9110 §7.6.3"),
    "WWW-Authenticate": ("How to log in: the schemes the server takes", "RFC 9110 §11.6.1"),
    "X-Content-Type-Options": ("`nosniff`: believe the `Content-Type`", "Fetch"),
    "X-Forwarded-For": ("The client's address, as a proxy saw it; `Forwarded` is the standard", "RFC 7239 §7.4"),
    "X-Frame-Options": ("Whether other sites may put the page in a frame", "RFC 7034 §2"),
    "traceparent": ("Which trace the request belongs to, for monitoring", "Trace Context"),
}

_FIELDS = {name.lower(): Field(*entry) for name, entry in _TABLE.items()}


def field_of(name: str) -> Field | None:
    """What is known of a header name in any case; None for one that is not in the table."""
    return _FIELDS.get(name.lower())


# What only a response says.
_OF_RESPONSES = frozenset(
    """
    accept-ranges access-control-allow-credentials access-control-allow-headers access-control-allow-methods
    access-control-allow-origin access-control-max-age age allow alt-svc content-range content-security-policy etag
    expires last-modified location proxy-authenticate referrer-policy retry-after sec-websocket-accept server set-cookie
    strict-transport-security vary www-authenticate x-content-type-options x-frame-options
    """.split()
)
# The names of a request's headers, those one writes every day first.
_EVERYDAY = ("Accept", "Authorization", "Content-Type", "Cache-Control", "Cookie", "If-None-Match", "User-Agent")
NAMES_IN_REQUESTS = tuple(dict.fromkeys([*_EVERYDAY, *(name for name in _TABLE if name.lower() not in _OF_RESPONSES)]))

_MEDIA_TYPES = (
    "application/json", "text/plain", "text/html", "application/x-www-form-urlencoded", "multipart/form-data",
    "application/xml", "application/octet-stream", "text/csv", "text/event-stream", "application/problem+json",
    "application/merge-patch+json", "image/png",
)  # fmt: skip

# What the fields usually say, the most usual first.
_USUAL: dict[str, tuple[str, ...]] = {
    "accept": ("application/json", "text/html", "*/*", "text/plain", "text/event-stream", "image/*"),
    "accept-encoding": ("gzip, deflate, br, zstd", "gzip", "identity"),
    "accept-language": ("en", "en-GB,en;q=0.9", "de", "fr", "es", "*"),
    "access-control-request-method": ("GET", "POST", "PUT", "DELETE"),
    "authorization": ("Bearer ", "Basic "),
    "cache-control": ("no-cache", "no-store", "max-age=0", "max-age=3600", "public", "private", "only-if-cached"),
    "connection": ("keep-alive", "close", "Upgrade"),
    "content-encoding": ("gzip", "deflate", "br", "zstd"),
    "content-type": _MEDIA_TYPES,
    "expect": ("100-continue",),
    "if-match": ("*",),
    "if-none-match": ("*",),
    "pragma": ("no-cache",),
    "prefer": ("return=minimal", "return=representation", "respond-async"),
    "range": ("bytes=0-99", "bytes=-100"),
    "te": ("trailers",),
    "transfer-encoding": ("chunked",),
    "upgrade": ("websocket", "h2c"),
}


def usual_values(name: str) -> tuple[str, ...]:
    """What a header in any case usually says; () where nothing is usual."""
    return _USUAL.get(name.lower(), ())
