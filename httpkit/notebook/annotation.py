"""The bytes of HTTP/1.1 messages, part by part: where each begins and ends, what it is called and what it says.

The parts follow one another without gaps, so that a view can show every byte with its meaning. Whatever does not look
like HTTP becomes one part, 'malformed', that says what was expected there. Where the bytes end in the middle of
something, because only the first of them were kept or more are to come, the last part says so.

Source: RFC 9112
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from .fields import field_of
from .methods import METHOD_TABLE
from .statuses import status_of

Headers = dict[str, list[str]]


class Part(NamedTuple):
    """`data[start:end]`: its kind (a key of the table below), its name for people, and what it means.

    In a meaning `backticks` mark code, and an RFC stands in brackets at the end.
    """

    start: int
    end: int
    kind: str
    name: str
    meaning: str


def annotate(
    data: bytes,
    *,
    response: bool = False,
    head_only: bool = False,
    method: str = "GET",
    start: int = 0,
) -> list[Part]:
    """The parts of the messages in `data` from `start` on; it never raises.

    `response`: they are responses, the first final one to a request with `method`. `head_only`: bodies are left out of
    `data`.
    """
    reader = _Reader(data, start)
    try:
        while not reader.is_over:
            status = _response(reader, method, head_only) if response else _request(reader, head_only)
            method = "GET" if status >= 200 else method
    except _UnexpectedError as error:
        reader.take(len(data), "malformed", f"Expected here was {error}")
    except _OverError as error:
        reader.note_end(str(error))
    return reader.parts


# --- what the parts are called and what they say


def _method(text: str) -> str:
    known = METHOD_TABLE.get(text)
    return f"{known.meaning} ({known.spec})" if known else "A method that is in no standard (RFC 9110 §9)"


def _target(text: str) -> str:
    if text.startswith("/"):
        return "What is asked for: the path, and after `?` the query (RFC 9112 §3.2.1)"
    if text == "*":
        return "The server as a whole (RFC 9112 §3.2.4)"
    if "://" in text:
        return "What is asked for: the whole URL, as a proxy needs it (RFC 9112 §3.2.2)"
    return "The host and port to be connected with (RFC 9112 §3.2.3)"


def _version(text: str) -> str:
    if text == "HTTP/1.0":
        return "The version its sender speaks: without chunks, and with a connection for each request (RFC 9112 §2.3)"
    return "The version its sender speaks (RFC 9112 §2.3)"


def _status(text: str) -> str:
    status = status_of(int(text)) if len(text) == 3 else None
    return f"{status.meaning} ({status.spec})" if status else "The status in three digits (RFC 9112 §4)"


def _field(text: str) -> str:
    known = field_of(text)
    return f"{known.meaning} ({known.spec})" if known else "A field that is in no standard known here (RFC 9110 §5.1)"


def _chunk_size(text: str) -> str:
    size = int(text, 16)
    if size == 0:
        return "Zero: no more chunks follow (RFC 9112 §7.1)"
    return f"In hexadecimal: {_bytes(size)} {'follows' if size == 1 else 'follow'} (RFC 9112 §7.1)"


def _always(sentence: str) -> Callable[[str], str]:
    return lambda text: sentence


# The kinds of parts: the name of each, and what it means as it is spelt. Groups of the patterns below are named so.
_KINDS: dict[str, tuple[str, Callable[[str], str]]] = {
    "method": ("method", _method),
    "target": ("target", _target),
    "version": ("version", _version),
    "status": ("status", _status),
    "reason": ("reason", _always("The status in words, for people; clients ignore it (RFC 9112 §4)")),
    "space": ("space", _always("Separates (RFC 9112 §3)")),
    "name": ("header", _field),
    "colon": ("colon", _always("Separates name and value (RFC 9112 §5)")),
    "value": ("value", _always("The value of the header (RFC 9112 §5)")),
    "fold": ("folded line", _always("Goes on with the value above, in a way that is obsolete (RFC 9112 §5.2)")),
    "trailer": ("trailer", _field),
    "size": ("chunk size", _chunk_size),
    "extension": ("chunk extension", _always("More about the chunk; nearly nobody reads it (RFC 9112 §7.1.1)")),
    "data": ("chunk", _always("A piece of the body (RFC 9112 §7.1)")),
    "body": ("body", _always("")),
    "tunnel": ("other protocol", _always("From here on they speak another protocol (RFC 9110 §7.8)")),
    "eol": ("line end", _always("CR LF ends a line (RFC 9112 §2.2)")),
    "end": ("empty line", _always("")),
    "malformed": ("malformed", _always("")),
}


def _bytes(count: int) -> str:
    return f"{count:,} byte{'' if count == 1 else 's'}"


# --- what the lines look like

_TOKEN = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"


class _Line:
    """A line of one form: the pattern of a whole one, of one that has only begun, and what is expected in words."""

    def __init__(self, whole: str, begun: str, expected: str) -> None:
        self.whole, self.begun = re.compile(whole, re.DOTALL), re.compile(begun, re.DOTALL)
        self.expected = expected


_REQUEST_LINE = _Line(
    rf"(?P<method>{_TOKEN}) (?P<target>[^ ]+) (?P<version>HTTP/\d\.\d)",
    rf"(?P<method>{_TOKEN})(?: (?P<target>[^ ]*)(?: (?P<version>[HTP/\d.]*))?)?",
    "a request line: method, target and version, as in GET / HTTP/1.1 (RFC 9112 §3)",
)
_STATUS_LINE = _Line(
    r"(?P<version>HTTP/\d\.\d) (?P<status>\d{3})(?: (?P<reason>.*))?",
    r"(?P<version>H[TP/\d.]*)(?: (?P<status>\d{0,3})(?: (?P<reason>.*))?)?",
    "a status line: version, status and reason, as in HTTP/1.1 200 OK (RFC 9112 §4)",
)
_HEADER_LINE = _Line(
    rf"(?P<name>{_TOKEN})(?P<colon>:[ \t]*)(?P<value>(?:.*[^ \t])?)[ \t]*",
    rf"(?P<name>{_TOKEN})(?:(?P<colon>:[ \t]*)(?P<value>.*))?",
    "a header, Name: value, or an empty line (RFC 9112 §5)",
)
_TRAILER_LINE = _Line(
    _HEADER_LINE.whole.pattern.replace("<name>", "<trailer>"),
    _HEADER_LINE.begun.pattern.replace("<name>", "<trailer>"),
    "a trailer, Name: value, or an empty line (RFC 9112 §7.1.2)",
)
_FOLDED_LINE = _Line(r"(?P<fold>[ \t].*)", r"(?P<fold>[ \t].*)", "")
_CHUNK = r"(?P<size>[0-9A-Fa-f]{1,16})(?P<extension>[ \t]*;.*)?[ \t]*"
_CHUNK_LINE = _Line(_CHUNK, _CHUNK, "the size of the next chunk in hexadecimal (RFC 9112 §7.1)")


# Also what there is of one at the end of the bytes.
_LINE_END = re.compile(rb"\r?\n|\r?\Z")

# Whether what follows a request to upgrade is another request: else it is the other protocol.
_REQUEST_START = re.compile(rb"[A-Z-]+ [^ \r\n]+ HTTP/1|\r?\n")


class _UnexpectedError(Exception):
    """Here the bytes are not HTTP; the message says what was expected."""


class _OverError(Exception):
    """The bytes end in the middle of what the message names."""


class _Reader:
    """Takes the bytes from the front, part by part."""

    def __init__(self, data: bytes, at: int) -> None:
        self.data, self.at = data, at
        self.parts: list[Part] = []

    @property
    def is_over(self) -> bool:
        return self.at >= len(self.data)

    def take(self, end: int, kind: str, meaning: str = "") -> None:
        """All up to `end` is a part; it means what its kind does unless told otherwise."""
        if end > self.at:
            name, means = _KINDS[kind]
            said = meaning or means(self.data[self.at : end].decode("latin-1"))
            self.parts.append(Part(self.at, end, kind, name, said))
            self.at = end

    def note_end(self, where: str) -> None:
        last = self.parts[-1]
        is_whole = last.kind == "eol" and self.data.endswith(b"\n")
        name = last.name if is_whole else f"{last.name}, cut"
        self.parts[-1] = last._replace(name=name, meaning=f"{last.meaning}. The bytes end here, in {where}")

    def line(self, form: _Line, where: str) -> re.Match[str]:
        """Take a line of this form."""
        newline = self.data.find(b"\n", self.at)
        text = self.data[self.at : newline if newline >= 0 else len(self.data)].decode("latin-1").removesuffix("\r")
        found = (form.whole if newline >= 0 else form.begun).fullmatch(text)
        if found is None:
            raise _UnexpectedError(form.expected)
        self._take_groups(found)
        self.line_end(where)
        return found

    def _take_groups(self, found: re.Match[str]) -> None:
        line = self.at
        for kind, group in found.re.groupindex.items():
            if found[kind]:
                self.take(line + found.start(group), "space")
                self.take(line + found.end(group), kind)
        self.take(line + found.end(), "space")

    def line_end(self, where: str, kind: str = "eol", meaning: str = "") -> None:
        """Take CR LF, or LF alone as tolerant recipients do."""
        found = _LINE_END.match(self.data, self.at)
        if found is None:
            raise _UnexpectedError("CR LF (RFC 9112 §2.2)")
        alone = "LF alone: CR LF should end the line (RFC 9112 §2.2)" if found[0] == b"\n" else ""
        self.take(found.end(), kind, meaning or alone)
        if not found[0].endswith(b"\n"):
            raise _OverError(where)

    def has_empty_line(self) -> bool:
        return self.data.startswith((b"\r\n", b"\n"), self.at) or self.data[self.at : self.at + 2] == b"\r"

    def exactly(self, count: int, kind: str, meaning: str, where: str) -> None:
        have = min(count, len(self.data) - self.at)
        self.take(self.at + have, kind, meaning if have == count else f"The first {have:,} of {_bytes(count)}")
        if have < count:
            raise _OverError(where)


# --- messages


def _request(reader: _Reader, head_only: bool) -> int:
    while reader.has_empty_line():
        reader.line_end("an empty line", "eol", "An empty line before a request is ignored (RFC 9112 §2.2)")
        if reader.is_over:
            return 0
    method = reader.line(_REQUEST_LINE, "the request line")["method"]
    headers = _fields(reader, _HEADER_LINE, "Ends the head (RFC 9112 §2.1)", "the head")
    if method == "CONNECT":
        reader.take(len(reader.data), "tunnel")
    elif not head_only:
        _body(reader, headers, None)
    if "upgrade" in headers and not _REQUEST_START.match(reader.data, reader.at):
        reader.take(len(reader.data), "tunnel")
    return 0


def _response(reader: _Reader, method: str, head_only: bool) -> int:
    status = int(reader.line(_STATUS_LINE, "the status line")["status"])
    headers = _fields(reader, _HEADER_LINE, "Ends the head (RFC 9112 §2.1)", "the head")
    if status == 101 or (method == "CONNECT" and 200 <= status < 300):
        reader.take(len(reader.data), "tunnel")
    elif not (head_only or method == "HEAD" or status < 200 or status in (204, 304)):
        _body(reader, headers, len(reader.data))
    return status


def _fields(reader: _Reader, form: _Line, end: str, where: str) -> Headers:
    """Take header or trailer lines and the empty line after them."""
    headers: Headers = {}
    values: list[str] = []
    while not reader.has_empty_line():
        if reader.is_over:
            raise _OverError(where)
        if values and reader.data[reader.at] in b" \t":
            values[-1] += reader.line(_FOLDED_LINE, where)["fold"]
            continue
        name, _, value = reader.line(form, where).groups()
        values = headers.setdefault(name.lower(), [])
        values.append(value)
    reader.line_end("the empty line", "end", end)
    return headers


def _body(reader: _Reader, headers: Headers, until_close: int | None) -> None:
    """Take the body that the head announces; a response without a length goes on to `until_close` (section 6.3)."""
    codings = ",".join(headers.get("transfer-encoding", ())).lower().replace(" ", "").split(",")
    if codings[-1] == "chunked":
        _chunks(reader)
    elif codings != [""] and until_close is None:
        raise _UnexpectedError("`chunked` as the last transfer coding of a request (RFC 9112 §6.3)")
    elif codings == [""] and "content-length" in headers:
        length = _length(headers["content-length"])
        meaning = f"{_bytes(length)}, as Content-Length says (RFC 9112 §6.2)"
        reader.exactly(length, "body", meaning, "the body")
    elif until_close is not None:
        reader.take(until_close, "body", "All up to the end of the connection (RFC 9112 §6.3)")


def _length(values: list[str]) -> int:
    # The same length twice is still one length (RFC 9112 section 6.3).
    lengths = {value.strip() for value in ",".join(values).split(",")}
    if len(lengths) > 1 or not all(re.fullmatch(r"[0-9]{1,18}", length) for length in lengths):
        raise _UnexpectedError("one number of bytes as Content-Length (RFC 9112 §6.3)")
    return int(lengths.pop())


def _chunks(reader: _Reader) -> None:
    while size := int(reader.line(_CHUNK_LINE, "the size of a chunk")["size"], 16):
        reader.exactly(size, "data", f"{_bytes(size)} of the body (RFC 9112 §7.1)", "a chunk")
        reader.line_end("a chunk", "eol", "CR LF ends the chunk, and is no part of the body (RFC 9112 §7.1)")
    _fields(reader, _TRAILER_LINE, "Ends the message (RFC 9112 §7.1)", "the trailers")
