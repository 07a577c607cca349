"""What each request method asks for, and what may be done with it.

Safe: it only reads (RFC 9110 section 9.2.1). Idempotent: twice is the same as once, so that a client may repeat it
(9.2.2). Cacheable: the answer may be kept and used again (9.2.3). The answers are those of the IANA method registry;
None where no RFC defines the method.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Method:
    """A request method in plain words; `cacheable` is None where it depends on the answer or is undefined."""

    name: str
    meaning: str
    safe: bool | None
    idempotent: bool | None
    cacheable: bool | None
    spec: str


def _webdav(name: str, meaning: str, spec: str, *, safe: bool = False, idempotent: bool = True) -> Method:
    return Method(name, meaning, safe, idempotent, False, spec)


def _outside_rfcs(name: str, meaning: str, spec: str) -> Method:
    return Method(name, meaning, None, None, None, spec)


_TABLE = (
    Method("GET", "Send me this", True, True, True, "RFC 9110 §9.3.1"),
    Method("HEAD", "As GET, but only the headers", True, True, True, "RFC 9110 §9.3.2"),
    Method("POST", "Take this and process it: make, order, log in", False, False, None, "RFC 9110 §9.3.3"),
    Method("PUT", "Store this here, in place of what there was", False, True, False, "RFC 9110 §9.3.4"),
    Method("DELETE", "Remove this", False, True, False, "RFC 9110 §9.3.5"),
    Method(
        "CONNECT", "Open a tunnel to this host, as through a proxy to https", False, False, False, "RFC 9110 §9.3.6"
    ),
    Method(
        "OPTIONS",
        "What can be done with this? Browsers ask it before a cross-origin request",
        True,
        True,
        False,
        "RFC 9110 §9.3.7",
    ),
    Method(
        "TRACE", "Send back what you received, to find out what proxies changed", True, True, False, "RFC 9110 §9.3.8"
    ),
    Method("PATCH", "Change parts of this", False, False, None, "RFC 5789 §2"),
    Method(
        "QUERY", "Search with the query in the body: a GET that has one", True, True, True, "HTTP working group draft"
    ),
    _webdav("PROPFIND", "List the properties of this, and of what is in it", "RFC 4918 §9.1", safe=True),
    _webdav("PROPPATCH", "Set or remove properties", "RFC 4918 §9.2"),
    _webdav("MKCOL", "Make a folder", "RFC 4918 §9.3"),
    _webdav("COPY", "Copy this to the URL in `Destination`", "RFC 4918 §9.8"),
    _webdav("MOVE", "Move this to the URL in `Destination`", "RFC 4918 §9.9"),
    _webdav("LOCK", "Lock this against changes by others", "RFC 4918 §9.10", idempotent=False),
    _webdav("UNLOCK", "Take the lock off", "RFC 4918 §9.11"),
    _webdav("ACL", "Set who may do what", "RFC 3744 §8.1"),
    _webdav("SEARCH", "Search on the server", "RFC 5323 §2", safe=True),
    _webdav("BIND", "Give this one more name", "RFC 5842 §4"),
    _webdav("UNBIND", "Take a name away", "RFC 5842 §5"),
    _webdav("REBIND", "Move a name to another folder", "RFC 5842 §6"),
    _webdav("REPORT", "Give a report on this, such as its versions", "RFC 3253 §3.6", safe=True),
    _webdav("CHECKOUT", "Open a versioned resource for changes", "RFC 3253 §4.3"),
    _webdav("MERGE", "Merge one version into another", "RFC 3253 §11.2"),
    _webdav("MKACTIVITY", "Begin a set of changes (Subversion does)", "RFC 3253 §13.5"),
    _webdav("MKCALENDAR", "Make a calendar", "RFC 4791 §5.3.1"),
    _webdav("LINK", "Connect this with another resource", "RFC 2068 §19.6.1.2"),
    _webdav("UNLINK", "Disconnect this from another resource", "RFC 2068 §19.6.1.3"),
    _outside_rfcs("PURGE", "Drop this from the cache: Varnish and Squid", "in no RFC"),
    _outside_rfcs("SOURCE", "Send a live stream to an Icecast server", "in no RFC"),
    _outside_rfcs("M-SEARCH", "Which devices are on this network?", "UPnP"),
    _outside_rfcs("NOTIFY", "Something happened on a device", "UPnP"),
    _outside_rfcs("SUBSCRIBE", "Tell me when something happens", "UPnP"),
    _outside_rfcs("UNSUBSCRIBE", "Stop telling me", "UPnP"),
)

METHOD_TABLE = {method.name: method for method in _TABLE}
