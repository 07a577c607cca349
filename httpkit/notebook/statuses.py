"""What each status code means, when a server sends it, and what to do about it.

The codes are Node's. RFC 9110 section 15 defines most of them; the others name the document that does.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from httpkit.constants import STATUS_CODES

from .shown import Shown


@dataclass(frozen=True)
class Status(Shown):
    """A status code in plain words; `reason` is Node's phrase, `spec` says where the code is defined."""

    code: int
    meaning: str
    sent: str
    advice: str
    spec: str

    @property
    def reason(self) -> str:
        return str(STATUS_CODES.get(self.code, ""))

    @property
    def group(self) -> int:
        """Its class: 4 for 404; 0 where the code is in none of the five."""
        return self.code // 100 if 100 <= self.code < 600 else 0


class Statuses(Shown, tuple[Status, ...]):
    """Several statuses, which notebooks show as a table."""

    __slots__ = ()


# The first digit is all a client has to understand (RFC 9110 section 15).
GROUPS = {
    1: ("Informational", "the request is under way, the final answer follows"),
    2: ("Success", "the request was received, understood and accepted"),
    3: ("Redirection", "the client has one more step to take"),
    4: ("Client error", "the request is wrong, or may not be made: change it before trying again"),
    5: ("Server error", "the request looks right, and the server failed to carry it out"),
}

_TABLE = (
    Status(
        100,
        "Go on: send the body now",
        "The client sent `Expect: 100-continue` and waits for leave to send a large body.",
        "Send the body; a final status follows. In Node the server does this by itself, or in 'checkContinue'.",
        "RFC 9110 §15.2.1",
    ),
    Status(
        101,
        "The connection now speaks another protocol",
        "The server accepts the client's `Upgrade` header, as when a WebSocket opens.",
        "Speak the protocol that the answer's `Upgrade` header names. In Node it arrives as the 'upgrade' event.",
        "RFC 9110 §15.2.2",
    ),
    Status(
        102,
        "Still working on it",
        "A WebDAV request takes long, and the server keeps the client from giving up. Hardly used today.",
        "Go on waiting: a final status follows.",
        "RFC 2518 §10.1",
    ),
    Status(
        103,
        "Start loading these while I prepare the answer",
        "The server knows which style sheets or scripts the page needs before the page is ready.",
        "Preload what the `Link` headers name; a final status follows. In Node: `res.writeEarlyHints()`.",
        "RFC 8297 §2",
    ),
    Status(
        200,
        "It worked, and here is the result",
        "The normal answer to a request that succeeded.",
        "Read the body.",
        "RFC 9110 §15.3.1",
    ),
    Status(
        201,
        "It worked, and something new exists now",
        "A POST or PUT has made a resource.",
        "Find it at the URL in the `Location` header, or at the request's own URL where there is none.",
        "RFC 9110 §15.3.2",
    ),
    Status(
        202,
        "Accepted, but not done yet",
        "The work goes on after the answer: a queue, a batch, a person.",
        "Ask later; a good answer says where to look.",
        "RFC 9110 §15.3.3",
    ),
    Status(
        203,
        "It worked, but someone in between changed the answer",
        "A transforming proxy altered the body or headers of a 200.",
        "Use it with care: it is not exactly what the origin server sent.",
        "RFC 9110 §15.3.4",
    ),
    Status(
        204,
        "It worked, and there is nothing to send back",
        "A DELETE or a save succeeded, and the client needs no body.",
        "Stay where you are: do not wait for a body, there is none.",
        "RFC 9110 §15.3.5",
    ),
    Status(
        205,
        "It worked: clear the form",
        "The server wants the client to reset what it shows, ready for the next entry.",
        "Empty the form or view the request came from; there is no body.",
        "RFC 9110 §15.3.6",
    ),
    Status(
        206,
        "Here is the part you asked for",
        "The request had a `Range` header: a resumed download, a seek in a video.",
        "Put the part in its place, which `Content-Range` gives.",
        "RFC 9110 §15.3.7",
    ),
    Status(
        207,
        "Several results, each with a status of its own",
        "A WebDAV request touched several resources.",
        "Look into the body: this one status says nothing of the single results.",
        "RFC 4918 §11.1",
    ),
    Status(
        208,
        "Listed above already",
        "Inside a WebDAV 207, for a resource that appears a second time through another binding.",
        "Use the entry listed first.",
        "RFC 5842 §7.1",
    ),
    Status(
        226,
        "Here is what changed since your copy",
        "The client asked with `A-IM` for a difference instead of the whole. Hardly used.",
        "Apply the difference to the copy you have.",
        "RFC 3229 §10.4.1",
    ),
    Status(
        300,
        "There are several versions: choose one",
        "The resource comes in several languages or formats and the server does not pick.",
        "Choose from the body, or follow `Location` where the server prefers one.",
        "RFC 9110 §15.4.1",
    ),
    Status(
        301,
        "Moved for good to another URL",
        "The address changed: a new domain, a new path, http turned https.",
        "Follow `Location` and update your links. Clients may turn a POST into a GET; 308 keeps the method.",
        "RFC 9110 §15.4.2",
    ),
    Status(
        302,
        "For now it is at another URL",
        "A temporary detour, often to a login page.",
        "Follow `Location`, keep using the old URL. Clients may turn a POST into a GET; 307 keeps the method.",
        "RFC 9110 §15.4.3",
    ),
    Status(
        303,
        "Done: now GET the result over there",
        "After a POST, so that reloading the page does not send the form again.",
        "GET the URL in `Location`.",
        "RFC 9110 §15.4.4",
    ),
    Status(
        304,
        "Your copy is still good",
        "The request had `If-None-Match` or `If-Modified-Since`, and nothing has changed.",
        "Use the cached copy; there is no body.",
        "RFC 9110 §15.4.5",
    ),
    Status(
        305,
        "Use the proxy I name",
        "Nobody should: it is deprecated, because any server could have sent traffic through a proxy of its choice.",
        "Ignore it. As a server, do not send it.",
        "RFC 9110 §15.4.6",
    ),
    Status(
        307,
        "For now it is at another URL: repeat the request there unchanged",
        "As 302, where the method and body must not change.",
        "Send the same method and body to `Location`; keep using the old URL.",
        "RFC 9110 §15.4.8",
    ),
    Status(
        308,
        "Moved for good: repeat the request there unchanged",
        "As 301, where the method and body must not change.",
        "Send the same method and body to `Location`, and update your links.",
        "RFC 9110 §15.4.9",
    ),
    Status(
        400,
        "The server does not understand this request",
        "Broken syntax, broken JSON, a missing `Host` header, or something else wrong on the client's side.",
        "Correct the request before sending it again; the body may say what is wrong.",
        "RFC 9110 §15.5.1",
    ),
    Status(
        401,
        "Say who you are first",
        'Credentials are missing or not valid. ("Unauthorized" is a misnomer: it means unauthenticated.)',
        "Send an `Authorization` header of the scheme that `WWW-Authenticate` names.",
        "RFC 9110 §15.5.2",
    ),
    Status(
        402,
        "Payment is required",
        "Reserved for the future; some APIs send it when a plan or quota is used up.",
        "Read the body: its meaning is up to the API.",
        "RFC 9110 §15.5.3",
    ),
    Status(
        403,
        "Understood, but you may not",
        "The client is known, or nobody may: the server refuses either way.",
        "Other credentials may help, the same ones will not. Ask whoever grants access.",
        "RFC 9110 §15.5.4",
    ),
    Status(
        404,
        "There is nothing at this URL",
        "The path is misspelt, the thing is gone, or the server will not say that it exists.",
        "Check the path and the method; on your own server, check that the handler knows this URL.",
        "RFC 9110 §15.5.5",
    ),
    Status(
        405,
        "This URL exists, but not for this method",
        "A POST to something that can only be read, for example.",
        "Use a method from the answer's `Allow` header.",
        "RFC 9110 §15.5.6",
    ),
    Status(
        406,
        "There is no version that you accept",
        "None of the formats or languages in the `Accept` headers is on offer.",
        "Ask for another format, or leave `Accept` out.",
        "RFC 9110 §15.5.7",
    ),
    Status(
        407,
        "Say who you are to the proxy first",
        "As 401, but from the proxy between client and server.",
        "Send `Proxy-Authorization` of the scheme that `Proxy-Authenticate` names.",
        "RFC 9110 §15.5.8",
    ),
    Status(
        408,
        "The request took too long to arrive",
        "The client opened a connection and did not send a whole request in time.",
        "Send it again on a new connection. In Node the limit is `server.requestTimeout`.",
        "RFC 9110 §15.5.9",
    ),
    Status(
        409,
        "The request clashes with the present state",
        "Two edits of the same thing, a name that is taken, a version that is not the latest.",
        "Get the present state, settle the conflict, send again.",
        "RFC 9110 §15.5.10",
    ),
    Status(
        410,
        "It was here once, and it is gone for good",
        "The server knows that it was removed, and wants links removed too.",
        "Stop asking, and delete your links to it.",
        "RFC 9110 §15.5.11",
    ),
    Status(
        411,
        "Say how long the body is",
        "The server takes no body without a `Content-Length`.",
        "Send the whole body in one `req.end(body)`, or set `Content-Length`.",
        "RFC 9110 §15.5.12",
    ),
    Status(
        412,
        "Your condition does not hold",
        "An `If-Match` or `If-Unmodified-Since` header failed: someone else was faster.",
        "Get the present version, and repeat the change on that.",
        "RFC 9110 §15.5.13",
    ),
    Status(
        413,
        "The body is too big",
        "An upload above the server's limit. RFC 9110 calls it Content Too Large.",
        "Send less, or in parts. `Retry-After` says if it is only for now.",
        "RFC 9110 §15.5.14",
    ),
    Status(
        414,
        "The URL is too long",
        "Too much data in a query string, or redirects that keep adding to it.",
        "Send the data in the body of a POST instead.",
        "RFC 9110 §15.5.15",
    ),
    Status(
        415,
        "The server does not take this kind of body",
        "The `Content-Type` or `Content-Encoding` is wrong or missing, say a form where JSON is expected.",
        "Set the `Content-Type` that the API asks for, and send a body to match.",
        "RFC 9110 §15.5.16",
    ),
    Status(
        416,
        "The part you asked for does not exist",
        "A `Range` beyond the end: the file may have become shorter.",
        "Look at the full length in `Content-Range`, and ask again.",
        "RFC 9110 §15.5.17",
    ),
    Status(
        417,
        "The server cannot do what you expect",
        "An `Expect` header other than `100-continue`.",
        "Send the request without `Expect`.",
        "RFC 9110 §15.5.18",
    ),
    Status(
        418,
        "I am a teapot: I cannot brew coffee",
        "An April Fools' joke of 1998, so well loved that the number is reserved. Some servers use it to say no.",
        "Drink tea.",
        "RFC 2324 §2.3.2",
    ),
    Status(
        421,
        "You reached a server that does not answer for this host",
        "A connection was reused for a name that the server does not serve.",
        "Try again on a connection of its own.",
        "RFC 9110 §15.5.20",
    ),
    Status(
        422,
        "Well-formed, but it makes no sense",
        "The JSON can be read, but a field is missing or out of range. RFC 9110 calls it Unprocessable Content.",
        "Read the body for what is wrong with which field, and correct it.",
        "RFC 9110 §15.5.21",
    ),
    Status(
        423,
        "Someone has locked it",
        "A WebDAV lock is on the resource.",
        "Wait for the lock to go, or send its token in `If`.",
        "RFC 4918 §11.3",
    ),
    Status(
        424,
        "It failed because something before it failed",
        "In WebDAV, one step of several depended on another.",
        "Put the first failure right.",
        "RFC 4918 §11.4",
    ),
    Status(
        425,
        "Too early: this could be a replay",
        "The request came in TLS early data, which an attacker could send twice.",
        "Send it again once the handshake is complete.",
        "RFC 8470 §5.2",
    ),
    Status(
        426,
        "Use another protocol for this",
        "The server insists on, say, a WebSocket or a newer HTTP.",
        "Switch to the protocol in the answer's `Upgrade` header.",
        "RFC 9110 §15.5.22",
    ),
    Status(
        428,
        "Make your change conditional",
        "The server protects against lost updates, and the request has no `If-Match`.",
        "GET the resource, and send its `ETag` in `If-Match`.",
        "RFC 6585 §3",
    ),
    Status(
        429,
        "Too many requests: slow down",
        "A rate limit is reached.",
        "Wait as long as `Retry-After` says, then go on more slowly.",
        "RFC 6585 §4",
    ),
    Status(
        431,
        "The headers are too big",
        "Usually cookies that have grown. In Node the limit is 16 KiB (`maxHeaderSize`).",
        "Send fewer or shorter headers; clear the cookies.",
        "RFC 6585 §5",
    ),
    Status(
        451,
        "Not available for legal reasons",
        "A court or a law forbids it. Named after the novel Fahrenheit 451.",
        "The body and the `Link` header may say who demanded it.",
        "RFC 7725 §3",
    ),
    Status(
        500,
        "Something broke inside the server",
        "The handler raised an exception, or met what it was not made for.",
        "On your own server, read its traceback. As a client, try later, or report it.",
        "RFC 9110 §15.6.1",
    ),
    Status(
        501,
        "The server does not know this method at all",
        "The method is supported for no resource. (405 is for methods it knows, but not here.)",
        "Use another method.",
        "RFC 9110 §15.6.2",
    ),
    Status(
        502,
        "The gateway got a bad answer from the server behind it",
        "A proxy's upstream crashed, or does not speak HTTP.",
        "Look at the upstream server: is it running, and on that port? As a client, try later.",
        "RFC 9110 §15.6.3",
    ),
    Status(
        503,
        "Not available right now",
        "Overload or maintenance.",
        "Try later; `Retry-After` may say when.",
        "RFC 9110 §15.6.4",
    ),
    Status(
        504,
        "The gateway waited too long for the server behind it",
        "A proxy's upstream did not answer in time.",
        "Find out what is slow behind the proxy. As a client, try later.",
        "RFC 9110 §15.6.5",
    ),
    Status(
        505,
        "The server does not speak this version of HTTP",
        "The major version in the request line is not supported.",
        "Use the version that the body names; HTTP/1.1 is safe.",
        "RFC 9110 §15.6.6",
    ),
    Status(
        506,
        "The choice of versions runs in a circle",
        "The server is misconfigured: a variant that it would choose negotiates itself. Experimental.",
        "Only the server's administrator can mend it.",
        "RFC 2295 §8.1",
    ),
    Status(
        507,
        "The server has no room to store it",
        "A WebDAV disk or quota is full.",
        "Make room; do not repeat the request by itself.",
        "RFC 4918 §11.5",
    ),
    Status(
        508,
        "The folders run in a circle",
        "A WebDAV request over a whole tree met a loop.",
        "Ask for less depth.",
        "RFC 5842 §7.2",
    ),
    Status(
        509,
        "The traffic allowance is used up",
        "Some web hosts send it. No standard defines it.",
        "Wait for the next period, or ask the host.",
        "in no RFC",
    ),
    Status(
        510,
        "The request lacks an extension that the server needs",
        "An experiment with declared extensions, now historic.",
        "Add the extension that the body names.",
        "RFC 2774 §7",
    ),
    Status(
        511,
        "Log in to the network first",
        "The Wi-Fi of a hotel or airport answers in place of the server you meant.",
        "Open a browser and log in to the network.",
        "RFC 6585 §6",
    ),
)

STATUSES = {status.code: status for status in _TABLE}

# What people call a status, where neither its reason nor its meaning has the word.
_ALSO_CALLED = {
    301: "redirect permanent",
    302: "redirect temporary",
    303: "redirect",
    304: "cache cached etag",
    307: "redirect temporary",
    308: "redirect permanent",
    401: "unauthenticated login password token",
    403: "denied permission",
    418: "coffee joke",
    429: "rate limit",
    500: "exception crash traceback",
    503: "overload maintenance",
}


def status_of(code: int) -> Status:
    """The status of any code; of one that nobody defined, what a client has to make of it."""
    return STATUSES.get(code) or _undefined(code)


def _undefined(code: int) -> Status:
    first = code // 100 * 100 if 100 <= code < 600 else 500
    return Status(
        code,
        f"Not a defined code: clients treat it as {first}" + ("" if first == 100 else f" {STATUS_CODES[first]}"),
        "The server made it up, or follows a convention of its own.",
        f"Treat it as any other {first // 100}xx; on your own server, choose a defined code.",
        "RFC 9110 §15",
    )


def statuses_like(words: str) -> Statuses:
    """The statuses whose reason, usual name or meaning has words that begin with each of `words`."""
    wanted = words.lower().split()
    return Statuses(each for each in _TABLE if all(_has_word(each, word) for word in wanted))


def _has_word(status: Status, word: str) -> bool:
    return any(each.startswith(word) for each in search_words(status))


def search_words(status: Status) -> list[str]:
    """The words that a search finds a status by, in lower case."""
    text = f"{status.reason} {_ALSO_CALLED.get(status.code, '')} {status.meaning}"
    return re.findall(r"[\w']+", text.lower())


def find_status(query: str) -> Status | Statuses:
    """What `%status QUERY` shows: '404' a status, '4xx' its class, words a search, '' all.

    Raises LookupError with a message for people.
    """
    query = query.strip()
    if not query:
        return Statuses(_TABLE)
    if query.isdecimal():
        return _by_code(query)
    if len(query) == 3 and query[0].isdecimal() and query[1:].lower() == "xx":
        return _by_group(query)
    found = statuses_like(query)
    if not found:
        raise LookupError(
            f"No status is about “{query}”: expected a code (404), a class (4xx) or words of its name or meaning "
            "(teapot, too many). %status shows all."
        )
    return found[0] if len(found) == 1 else found


def _by_code(query: str) -> Status:
    code = int(query)
    if not 100 <= code <= 999:
        raise LookupError(f"{query} is not a status code: expected three digits, from 100 to 599.")
    return status_of(code)


def _by_group(query: str) -> Statuses:
    if int(query[0]) not in GROUPS:
        raise LookupError(f"There is no class {query}: expected 1xx, 2xx, 3xx, 4xx or 5xx.")
    return Statuses(each for each in _TABLE if each.group == int(query[0]))
