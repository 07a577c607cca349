"""From a request of a `.http` text to a draft: templates filled, files read, credentials and GraphQL spelled out."""

from __future__ import annotations

import json
import re
from collections import ChainMap
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

from httpkit import redact
from httpkit.draft import Delivery, Draft
from httpkit.errors import NodeError
from httpkit.headers import basic, validateHeaderName, validateHeaderValue
from httpkit.payload import Payload
from httpkit.urls import percent_encoded

from .http_reader import VERSION
from .http_text import FileText, HttpText, RequestText, Text
from .mistakes import Mistake
from .templates import HIDDEN, Names, fill, hide
from .urls import expand

_TIMEOUT = re.compile(r"(?P<number>\d+(?:\.\d+)?)\s*(?P<unit>ms|s|m)?")
_MS = {"ms": 1, "s": 1000, "m": 60_000, None: 1000}
_MULTIPART = re.compile(r"multipart/", re.IGNORECASE)
_FORM = re.compile(r"application/x-www-form-urlencoded", re.IGNORECASE)
# Bodies of lines, the last of which has to end, too.
_ENDED = re.compile(r"multipart/|application/(?:x-)?ndjson", re.IGNORECASE)
_ESCAPE = re.compile(r"\\(.)")
_ESCAPED = {"n": "\n", "r": "\r", "t": "\t"}
# A variable may be made of others so deep, and be so long: what doubles in each line would never end.
_DEEPEST = 50
_LONGEST = 1_000_000
_OPERATION = re.compile(r"^[ \t]*(?:query|mutation|subscription)\s+(\w+)", re.MULTILINE)


class FileVariables(Mapping[str, Any]):
    """The variables of a text for one request, each worth what its templates are worth when it is first asked for."""

    def __init__(self, text: HttpText, others: Names, folder: Path) -> None:
        self._text = text
        self._names: Names = ChainMap(self, others)  # type: ignore[arg-type]  # nothing is written to it
        self._folder = folder
        self._asked_for: list[str] = []
        self._known: dict[str, str] = {}

    def __contains__(self, name: object) -> bool:
        return name in self._text.variables

    def __getitem__(self, name: str) -> str:
        if name not in self._known:
            self._known[name] = self._worked_out(name)
        return self._known[name]

    def _worked_out(self, name: str) -> str:
        value = self._text.variables[name]
        if name in self._asked_for:
            circle = " → ".join([*self._asked_for, name])
            raise self._text.mistake(f"@{name} is made of itself: {circle}.", value.line)
        if len(self._asked_for) >= _DEEPEST:
            raise self._text.mistake(f"@{name} is made of too many others, each of the next.", value.line)
        self._asked_for.append(name)
        try:
            found = "".join(map(self._filled, _apart(value)))
        finally:
            self._asked_for.remove(name)
        if len(found) > _LONGEST:
            raise self._text.mistake(f"@{name} has more than {_LONGEST:,} characters.", value.line)
        return found

    def _filled(self, piece: Text) -> str:
        if HIDDEN.fullmatch(piece.text):
            return filled(self._text, piece, self._names, self._folder)
        # A backslash stands before what would be lost otherwise: a line end, a backslash.
        return _ESCAPE.sub(lambda found: _ESCAPED.get(found[1], found[1]), piece.text)

    def __iter__(self) -> Iterator[str]:
        return iter(self._text.variables)

    def __len__(self) -> int:
        return len(self._text.variables)


def _apart(value: Text) -> Iterator[Text]:
    """The templates of a value, and what stands between them."""
    ends = [end for found in HIDDEN.finditer(value.text) for end in found.span()]
    for start, end in pairwise([0, *ends, len(value.text)]):
        yield Text(value.text[start:end], value.line, value.column + start)


def filled(text: HttpText, piece: Text, names: Names, folder: Path) -> str:
    """A piece of the text with its templates filled in. Raises Mistake that points at the one that cannot be."""
    try:
        return fill(piece.text, names, folder)
    except Mistake as mistake:
        raise _pointed_out(mistake, text, piece) from None


def _pointed_out(mistake: Mistake, text: HttpText, piece: Text) -> Mistake:
    """The mistake with its place in the text, unless it has one that is closer to its cause."""
    if mistake.offset is None or "\n" in str(mistake):
        return mistake
    return text.mistake(str(mistake), *piece.place(mistake.offset))


def draft_of(text: HttpText, request: RequestText, names: Names, folder: Path, delivery: Delivery) -> Draft:
    """The draft of a request; paths are looked for from `folder` on. Raises Mistake."""
    if request.fault is not None:
        raise request.fault
    try:
        return _Drafting(text, request, names, folder).draft(delivery)
    except UnicodeError as error:
        raise text.mistake(f"This cannot be sent as text ({error}).", request.line) from None


class _Drafting:
    def __init__(self, text: HttpText, request: RequestText, names: Names, folder: Path) -> None:
        self._text, self._request, self._names, self._folder = text, request, names, folder
        self._kind = ""

    def _filled(self, piece: Text) -> str:
        return filled(self._text, piece, self._names, self._folder)

    def draft(self, delivery: Delivery) -> Draft:
        headers = [self._header(name, value) for name, value in self._request.headers]
        self._kind = next((value for name, value in headers if name.lower() == "content-type"), "")
        url, body = self._url(headers), self._body()
        draft = Draft(self._request.method, url, tuple(headers), body, delivery, self._request.name)
        # How long it is is counted, not believed.
        draft = self._delivered(draft.without("Content-Length"))
        is_graphql = (draft.header("X-Request-Type") or "").lower() == "graphql" or draft.method == "GRAPHQL"
        return self._as_graphql(draft) if is_graphql else draft

    # --- the parts

    def _url(self, headers: list[tuple[str, str]]) -> str:
        url = "".join(self._filled(line).strip() for line in self._request.url.lines)
        # The version may have been in a variable.
        url = VERSION.sub("", url)
        host = next((value for name, value in headers if name.lower() == "host"), None)
        if url.startswith("/") and host:
            url = f"{'https' if host.endswith((':443', ':8443')) else 'http'}://{host}{url}"
        try:
            # As REST Client does: what no URL can have is encoded, what is encoded already stays.
            return expand(percent_encoded(url))
        except Mistake as mistake:
            raise self._text.mistake(str(mistake), self._request.url.line, self._request.url.column) from None

    def _header(self, name: Text, value: Text) -> tuple[str, str]:
        filled_name = self._filled(name)
        given = " ".join(self._filled(line).strip() for line in value.lines).strip()
        if not given and ":" in filled_name:
            # The whole line was an expression.
            filled_name, _, given = (part.strip() for part in filled_name.partition(":"))
        try:
            validateHeaderName(filled_name)
            validateHeaderValue(filled_name, given)
        except NodeError as error:
            raise self._text.mistake(str(error), name.line, name.column) from None
        return filled_name, self._credentials(given, value) if filled_name.lower() == "authorization" else given

    def _credentials(self, given: str, value: Text) -> str:
        """`Basic user:password` and `Basic user password` are written out; the encoded form stays."""
        scheme, _, rest = given.partition(" ")
        user, separator, password = re.fullmatch(r"([^\s:]*)(:|\s+)?(.*)", rest.strip(), re.DOTALL).groups()  # type: ignore[union-attr]  # matches anything
        if scheme.lower() == "basic" and separator:
            redact.remember(password)
            return basic(f"{user}:{password}")
        if scheme.lower() in ("digest", "aws", "cognito") and separator and "=" not in rest:
            raise self._text.mistake(
                f"{scheme} credentials are not made here. Expected Basic user:password or Bearer token.",
                value.line,
                value.column,
            )
        return given

    def _delivered(self, draft: Draft) -> Draft:
        settings = self._request.settings
        options: dict[str, Any] = {}
        if "no-redirect" in settings:
            options["follow"] = False
        if "no-cookie-jar" in settings:
            options["session"] = None
        if timeout := settings.get("timeout"):
            found = _TIMEOUT.fullmatch(timeout)
            if found is None:
                raise self._text.mistake(
                    f"@timeout {timeout} is no time. Expected something like 5, 5 s or 500 ms.", self._request.line
                )
            options["idle"] = float(found["number"]) * _MS[found["unit"]]
        return draft.delivered(**options)

    # --- the body

    def _body(self) -> Payload:
        parts: list[bytes | Path] = []
        newline = b"\r\n" if _MULTIPART.match(self._kind) else b"\n"
        for piece in self._request.body:
            if parts:
                parts.append(b"&" if _FORM.match(self._kind) else newline)
            if isinstance(piece, FileText):
                parts.append(self._file(piece))
            else:
                parts.append(self._lines(self._filled(piece), newline))
        if parts and _ENDED.match(self._kind):
            parts.append(newline)
        return Payload(*parts)

    def _lines(self, text: str, newline: bytes) -> bytes:
        if _FORM.match(self._kind):
            # One field a line, with `&` before it, behind it, or not at all.
            fields = "&".join(line.strip().strip("&") for line in text.splitlines() if line.strip())
            return percent_encoded(fields, "%&=+!$'()*,/:;?@[]~").encode()
        return newline.join(line.encode() for line in text.split("\n"))

    def _file(self, piece: FileText) -> bytes | Path:
        path = Path(self._filled(piece.path).strip())
        try:
            path = self._folder / path.expanduser()
            if not piece.filled:
                with path.open("rb"):
                    return path
            encoding = piece.encoding or "utf-8"
            return self._file_filled(path, path.read_bytes().decode(encoding)).encode(encoding)
        except (OSError, LookupError, ValueError, RuntimeError) as error:
            reason = getattr(error, "strerror", None) or error
            raise self._text.mistake(f"{path} cannot be read: {reason}.", piece.path.line, piece.path.column) from None

    def _file_filled(self, path: Path, content: str) -> str:
        text, whole = HttpText(content, str(path)), Text(content, 1, 1)
        try:
            return filled(text, whole._replace(text=hide(content)), self._names, self._folder)
        except Mistake as mistake:
            raise _pointed_out(mistake, text, whole) from None

    def _as_graphql(self, draft: Draft) -> Draft:
        """The query, and behind an empty line its variables as JSON."""
        query, variables = _query_and_variables(draft.payload.read().decode())
        try:
            values = json.loads(variables or "{}")
        except ValueError as error:
            raise self._text.mistake(
                f"The variables behind the query are not JSON ({error}).", self._request.line
            ) from None
        name = _OPERATION.search(query)
        body = {"query": query, "operationName": name and name[1], "variables": values}
        draft = draft.without("X-Request-Type").with_defaults([("Content-Type", "application/json")])
        method = "POST" if draft.method in ("GET", "GRAPHQL") else draft.method
        return replace(draft, method=method, payload=Payload(json.dumps(body, ensure_ascii=False).encode()))


def _query_and_variables(text: str) -> tuple[str, str]:
    """A query, and the object behind the last empty line once all braces of the query are closed; '' for none."""
    lines = text.split("\n")
    for at in range(len(lines) - 1, 0, -1):
        if lines[at].lstrip().startswith("{") and not lines[at - 1].strip():
            query = "\n".join(lines[:at]).strip()
            if 0 < query.count("{") == query.count("}"):
                return query, "\n".join(lines[at:]).strip()
    return text.strip(), ""
