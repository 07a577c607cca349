"""What is wrong with a head, and where: in llhttp's words, with llhttp's positions and Node's codes.

A fault is (position, reason). llhttp points now at the byte that is wrong, now behind it; people who log `bytesParsed`
compare it with what Node gives, so the differences are kept. Here is also what aiohttp alone has against a head, and
what it lets pass.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator

from .errors import ParseError

Fault = tuple[int, str]
Trailers = list[tuple[bytes, bytes]]

_CODES = {
    "Invalid method encountered": "HPE_INVALID_METHOD",
    "Expected space after method": "HPE_INVALID_METHOD",
    "Invalid HTTP version": "HPE_INVALID_VERSION",
    "Invalid major version": "HPE_INVALID_VERSION",
    "Invalid minor version": "HPE_INVALID_VERSION",
    "Expected dot": "HPE_INVALID_VERSION",
    "Expected space after version": "HPE_INVALID_VERSION",
    "Expected CRLF after version": "HPE_INVALID_VERSION",
    "Expected HTTP/2 Connection Preface": "HPE_INVALID_VERSION",
    "Expected HTTP/, RTSP/ or ICE/": "HPE_INVALID_CONSTANT",
    "Expected SOURCE method for ICE/x.x request": "HPE_INVALID_CONSTANT",
    "Invalid method for HTTP/x.x request": "HPE_INVALID_CONSTANT",
    "Invalid method for RTSP/x.x request": "HPE_INVALID_CONSTANT",
    "Invalid status code": "HPE_INVALID_STATUS",
    "Invalid response status": "HPE_INVALID_STATUS",
    "Unexpected space after start line": "HPE_UNEXPECTED_SPACE",
    "Unexpected start char in url": "HPE_INVALID_URL",
    "Unexpected char in url schema": "HPE_INVALID_URL",
    "Unexpected char in url server": "HPE_INVALID_URL",
    "Double @ in url": "HPE_INVALID_URL",
    "Invalid char in url path": "HPE_INVALID_URL",
    "Invalid char in url query": "HPE_INVALID_URL",
    "Invalid char in url fragment start": "HPE_INVALID_URL",
    "Invalid characters in url": "HPE_INVALID_URL",
    "Expected CRLF": "HPE_INVALID_URL",
    "Invalid character in Content-Length": "HPE_INVALID_CONTENT_LENGTH",
    "Empty Content-Length": "HPE_INVALID_CONTENT_LENGTH",
    "Content-Length overflow": "HPE_INVALID_CONTENT_LENGTH",
    "Content-Length can't be present with Transfer-Encoding": "HPE_INVALID_CONTENT_LENGTH",
    "Duplicate Content-Length": "HPE_UNEXPECTED_CONTENT_LENGTH",
    "Transfer-Encoding can't be present with Content-Length": "HPE_INVALID_TRANSFER_ENCODING",
    "Request has invalid `Transfer-Encoding`": "HPE_INVALID_TRANSFER_ENCODING",
    "Invalid `Transfer-Encoding` header value": "HPE_INVALID_TRANSFER_ENCODING",
    "Empty Transfer-Encoding": "HPE_INVALID_TRANSFER_ENCODING",
    "Header overflow": "HPE_HEADER_OVERFLOW",
    "Missing expected LF after header value": "HPE_LF_EXPECTED",
    "Missing expected CR after header value": "HPE_CR_EXPECTED",
    "Missing expected CR after response line": "HPE_CR_EXPECTED",
    "Expected LF after headers": "HPE_STRICT",
    "Expected LF after CR": "HPE_STRICT",
    "Pause on PRI/Upgrade": "HPE_PAUSED_H2_UPGRADE",
    "Data after `Connection: close`": "HPE_CLOSED_CONNECTION",
}


def refusal(fault: Fault, base: int, head: bytes = b"") -> ParseError:
    """The ParseError for a fault of `head`, which stands at position `base` of what was received."""
    at, reason = fault
    code = _CODES.get(reason, "HPE_INVALID_HEADER_TOKEN")
    if reason == "Expected CRLF after version" and head[at - 1 : at] == b"\r":
        code = "HPE_STRICT"
    return ParseError(code, reason, base + at)


def earliest(*faults: Fault | None) -> Fault | None:
    return min((fault for fault in faults if fault is not None), key=lambda fault: fault[0], default=None)


# --- what aiohttp says

Objection = Callable[[bytes], str | None]

_MEANT = {"Duplicate 'Transfer-Encoding' header found.": "Invalid `Transfer-Encoding` header value"}
_SAID = re.compile(r"(?:Bad status line:\n  )?([^\n]*):\n\n  [^\n]*\n  ( *)\^")


def first_fault(objection: Objection, head: bytes) -> Fault | None:
    """The fault that aiohttp finds in `head`; `objection` gives its message about what it is fed.

    It reads byte by byte, so the fault is at the end of the shortest beginning of the head that it refuses.
    """
    if objection(head) is None:
        return None
    length = bisect_left(range(len(head)), True, key=lambda length: objection(head[:length]) is not None)
    return _fault_said(objection(head[:length]) or "", head[:length])


def _fault_said(message: str, head: bytes) -> Fault:
    # The message shows the line that was being read as `repr` does, and a mark below the byte.
    said = _SAID.fullmatch(message)
    if said is None:
        # aiohttp's own: `Duplicate 'Host' header found.`
        return len(head), _MEANT.get(message, message)
    for position in (len(head), len(head) - 1):
        line = head[:position].rpartition(b"\r\n")[2]
        if len(repr(line)) - 1 == len(said[2]):
            return position, said[1]
    return len(head), said[1]


# --- what only aiohttp finds wrong

# Headers that it wants once, or not at all, where Node takes any number. Of those that say who is meant (Host) and
# where the body ends there must be one. Lines of Transfer-Encoding make one list, of which only the end may be chunked.
REPEATABLE = rb"content-type|user-agent|etag|server|content-location|content-range|max-forwards|sec-websocket-key1"
CODING = rb"transfer-encoding"
CODING_BEFORE_ANOTHER = CODING + rb"(?=:(?:(?!chunked)[^\r])*+\r\n(?:[^\r]*+\r\n)*?transfer-encoding:)"
HOST = rb"host"

# A question mark is no part of a name either.
_WITHOUT_CONTROLS = bytes(
    b"?"[0] if byte in b"\x7f" or (byte < 32 and byte not in b"\0\t\n\r") else byte for byte in range(256)
)


def rename(head: bytes, *names: bytes) -> bytes:
    """The head with headers that are unknown to aiohttp, but of the same length, instead of those with `names`."""
    called = re.compile(rb"(?<=\n)(?:" + rb"|".join(names) + rb")(?=:)", re.IGNORECASE)
    return called.sub(lambda name: b"~" + name[0][1:], head)


def replace_target(head: bytes) -> bytes:
    """The head with a target of the same length that yarl likes, whatever it is."""
    line = _TARGET_LINE.match(head)
    if line is None or not line[2]:
        return head
    target = b"a" if line[1] == b"CONNECT" else b"/"
    return head[: line.start(2)] + target.ljust(len(line[2]), b"a") + head[line.end(2) :]


def replace_controls(head: bytes) -> bytes:
    """The head without the control characters that a relaxed reader lets pass in values, and only there."""
    return head.translate(_WITHOUT_CONTROLS)


def add_host(head: bytes) -> bytes:
    """A complete head with a Host, which Node lets the server decide about."""
    complete = head.endswith(b"\r\n\r\n") and not has_host(head)
    return head[:-2] + b"Host: x\r\n\r\n" if complete else head


def has_host(head: bytes) -> bool:
    return _HOST_LINE.search(head) is not None


def target_of(head: bytes) -> str:
    line = _TARGET_LINE.match(head)
    return line[2].decode("latin-1") if line is not None else ""


# --- targets, of which aiohttp takes more than Node

_TARGET_LINE = re.compile(rb"([A-Z-]+) +([^ \r\n]*)")
_SCHEME = re.compile(rb"(?:[A-Za-z]+(?::/?/?)?)?")
_SERVER = re.compile(rb"(?:[!$%&'()*+,\-.0-9:;=A-Z\[\]_a-z~]|@(?!@))*")
_REST = re.compile(rb"[\x21-\x7e]*")


def target_fault(head: bytes) -> Fault | None:
    """What is wrong with the target of a request, of which not all may have come."""
    line = _TARGET_LINE.match(head)
    if line is None:
        return None
    at = line.start(2)
    if line[1] != b"CONNECT" and head[at : at + 1] not in (b"/", b"*"):
        scheme = _SCHEME.match(head, at)
        assert scheme is not None
        at = scheme.end()
        if not scheme[0].endswith(b"://"):
            return _scheme_fault(scheme[0], head, at)
    elif line[1] != b"CONNECT":
        return _path_fault(head, at)
    server = _SERVER.match(head, at)
    assert server is not None
    if not server[0] and head[at : at + 1] in (b"\r", b"\n"):
        return at + 1, "Invalid characters in url"
    at = server.end()
    if head[at : at + 1] == b"@" and head[at + 1 : at + 2]:
        return at + 2, "Double @ in url"
    if head[at : at + 1] in (b"/", b"?"):
        return _path_fault(head, at)
    return _wrong_byte(head, at, "Unexpected char in url server")


def _scheme_fault(scheme: bytes, head: bytes, at: int) -> Fault | None:
    reason = "Unexpected char in url schema" if scheme else "Unexpected start char in url"
    if head[at : at + 1] in (b" ", b"\r", b"\n") and not scheme.endswith(b"/"):
        return at + 1, "Invalid characters in url"
    if scheme.endswith(b"/") and head[at : at + 1]:
        return at, reason
    return _wrong_byte(head, at, reason)


def _path_fault(head: bytes, at: int) -> Fault | None:
    path = _REST.match(head, at)
    assert path is not None
    part = "fragment start" if b"#" in path[0] else "query" if b"?" in path[0] else "path"
    return _wrong_byte(head, path.end(), f"Invalid char in url {part}")


def request_line_fault(head: bytes) -> Fault | None:
    """A request of HTTP/0.9 whose line ends without CR, which Node reads: other parsers might go on with the line."""
    end = head.find(b"\n")
    return (end + 1, "Expected CRLF") if head[end - 1 : end] != b"\r" else None


def _wrong_byte(head: bytes, at: int, reason: str) -> Fault | None:
    byte = head[at : at + 1]
    if byte in (b"", b" ", b"\r", b"\n"):
        return None
    return (at + 1, "Invalid characters in url") if byte in (b"\t", b"\f") else (at, reason)


# --- sizes, which aiohttp limits in another way

_FIRST_LINE = {
    True: re.compile(rb"[A-Z-]* *([^ \r\n]*)()"),
    False: re.compile(rb"\S* ?\d* ?([^\r\n]*)(\r?)"),
}
_FIELD = re.compile(rb"\n([^:\r]+)(:?)[ \t]*([^\r]*)(\r?)")


def sizes(head: bytes, is_request: bool | None) -> Iterator[tuple[int, int, int]]:
    """(size, lines, position): how much of a head counts towards its limits by each position where that is looked at.

    Counted are the target or the reason phrase, names and values; `is_request` is None for trailers.
    """
    size = lines = 0
    if is_request is not None:
        first = _FIRST_LINE[is_request].match(head)
        assert first is not None
        size = len(first[1])
        yield size, lines, first.end()
    for field in _FIELD.finditer(head):
        size += len(field[1])
        lines += 1
        yield size, lines, field.end(2)
        size += len(field[3])
        yield size, lines, field.end(4)


# --- header lines, which aiohttp reads leniently in responses

_TOKEN = rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]"
_STRICT_VALUE = rb"[\t\x20-\x7e\x80-\xff]"
_RELAXED_VALUE = rb"[\x01-\x09\x0b\x0c\x0e-\xff]"


def _patterns(value: bytes) -> tuple[re.Pattern[bytes], ...]:
    """Header lines that may still be well-formed, and that are; the same for what follows within a value."""
    lines = rb"(?:" + _TOKEN + rb"++:" + value + rb"*+\r\n)*+"
    begun = lines + rb"(?:\r|" + _TOKEN + rb"++(?::" + value + rb"*+\r?)?+)?+"
    complete = lines + rb"\r\n"
    rest = value + rb"*+\r\n"
    return tuple(map(re.compile, (begun, complete, value + rb"*+\r?|" + rest + begun, rest + complete)))


_WELL_FORMED = {False: _patterns(_STRICT_VALUE), True: _patterns(_RELAXED_VALUE)}
_STATUS_LINE = re.compile(rb"([^\r\n]*)\n")
_STATUS = re.compile(rb"\S+ \d*")
_HOST_LINE = re.compile(rb"\nhost:", re.IGNORECASE)
_FRAMING = re.compile(rb"(?:transfer-encoding|content-length):", re.IGNORECASE)
_FRAMING_LINE = re.compile(rb"\n" + _FRAMING.pattern, re.IGNORECASE)
_EMPTY_CODING = re.compile(rb"\ntransfer-encoding:[ \t]*\r\n(?=[^ \t])", re.IGNORECASE)


def well_formed(fields: bytes, known: int, *, complete: bool, relaxed: bool) -> bool:
    """Whether header lines are what they must be, or may still come to that; up to `known` they are."""
    line = fields.rfind(b"\n", 0, known) + 1
    within_value = fields.find(b":", line, known) >= 0
    # A line that comes in many packets is not to be read again with each of them.
    start = known - (fields[known - 1 : known] == b"\r") if within_value else line
    return _WELL_FORMED[relaxed][2 * within_value + complete].fullmatch(fields, start) is not None


def has_framing(fields: bytes, known: int) -> bool:
    """Whether header lines speak of where a body ends; those that ended before `known` do not."""
    line = fields.rfind(b"\n", 0, known) + 1
    found = _FRAMING.match(fields, line) or _FRAMING_LINE.search(fields, max(0, known - 1))
    return found is not None


def status_line_fault(head: bytes) -> Fault | None:
    """A status line that ends without CR."""
    line = _STATUS_LINE.match(head)
    if line is None:
        return None
    bare = _STATUS.fullmatch(line[1])
    return line.end(), "Invalid response status" if bare else "Missing expected CR after response line"


def coding_fault(head: bytes, start: int = 0) -> Fault | None:
    """A Transfer-Encoding that says nothing, on the line before `start` or later; seen at the line behind it."""
    found = _EMPTY_CODING.search(head, max(0, head.rfind(b"\n", 0, max(0, start - 1))))
    return (found.end(), "Empty Transfer-Encoding") if found is not None else None


def pairs(fields: bytes) -> Trailers:
    """(name, value) for each of some well-formed header lines, with the empty line behind them."""
    split = (line.partition(b":") for line in fields.split(b"\r\n")[:-2])
    return [(name, value.strip(b" \t")) for name, _, value in split]
