"""From a request of a `.http` text to a draft: templates filled, files read, credentials and GraphQL spelled out."""

from __future__ import annotations

import json
import re
from collections import ChainMap
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

from httpkit import redact
from httpkit.draft import Delivery, Draft
from httpkit.errors import NodeError
from httpkit.headers import basic, validateHeaderName, validateHeaderValue
from httpkit.payload import Payload

from .http_text import FileText, HttpText, RequestText, Text
from .mistakes import Mistake
from .templates import Names, fill, hide
from .urls import expand

_TIMEOUT = re.compile(r"(?P<number>\d+(?:\.\d+)?)\s*(?P<unit>ms|s|m)?")
_MS = {"ms": 1, "s": 1000, "m": 60_000, None: 1000}
_MULTIPART = re.compile(r"multipart/", re.IGNORECASE)
_FORM = re.compile(r"application/x-www-form-urlencoded", re.IGNORECASE)


class FileVariables(Mapping[str, Any]):
    """The variables of a text, each worth what its templates are worth when it is asked for."""

    def __init__(self, text: HttpText, others: Names, folder: Path) -> None:
        self._text = text
        self._names = ChainMap(self, others)  # type: ignore[arg-type]  # nothing is written to it
        self._folder = folder
        self._asked_for: list[str] = []

    def __getitem__(self, name: str) -> str:
        value = self._text.variables[name]
        if name in self._asked_for:
            circle = " → ".join([*self._asked_for, name])
            raise self._text.mistake(f"@{name} is made of itself: {circle}.", value.line)
        self._asked_for.append(name)
        try:
            return filled(self._text, value, self._names, self._folder)
        finally:
            self._asked_for.remove(name)

    def __iter__(self) -> Iterator[str]:
        return iter(self._text.variables)

    def __len__(self) -> int:
        return len(self._text.variables)


def filled(text: HttpText, piece: Text, names: Names, folder: Path) -> str:
    """A piece of the text with its templates filled in. Raises Mistake that points at the one that cannot be."""
    try:
        return fill(piece.text, names, folder)
    except Mistake as mistake:
        if mistake.offset is None or "\n" in str(mistake):
            raise
        raise text.mistake(str(mistake), *piece.place(mistake.offset)) from None


def draft_of(text: HttpText, request: RequestText, names: Names, folder: Path, delivery: Delivery) -> Draft:
    """The draft of a request; paths are looked for from `folder` on. Raises Mistake."""
    return _Drafting(text, request, names, folder).draft(delivery)


class _Drafting:
    def __init__(self, text: HttpText, request: RequestText, names: Names, folder: Path) -> None:
        self._text, self._request, self._names, self._folder = text, request, names, folder

    def _filled(self, piece: Text) -> str:
        return filled(self._text, piece, self._names, self._folder)

    def draft(self, delivery: Delivery) -> Draft:
        if self._request.fault is not None:
            raise self._request.fault
        headers = [self._header(name, value) for name, value in self._request.headers]
        body = self._body()
        draft = Draft(self._request.method, self._url(headers), tuple(headers), body, delivery, self._request.name)
        # How long it is is counted, not believed.
        draft = self._delivered(draft.without("Content-Length"))
        is_graphql = (draft.header("X-Request-Type") or "").lower() == "graphql" or draft.method == "GRAPHQL"
        return self._as_graphql(draft) if is_graphql else draft

    # --- the parts

    def _url(self, headers: list[tuple[str, str]]) -> str:
        url = self._filled(self._request.url).strip()
        host = next((value for name, value in headers if name.lower() == "host"), None)
        if url.startswith("/") and host:
            url = f"{'https' if host.endswith((':443', ':8443')) else 'http'}://{host}{url}"
        try:
            # As REST Client does: what no URL can have is encoded, what is encoded already stays.
            return expand(quote(url, safe="!#$%&'()*+,/:;=?@[]~"))
        except Mistake as mistake:
            raise self._text.mistake(str(mistake), self._request.url.line, self._request.url.column) from None

    def _header(self, name: Text, value: Text) -> tuple[str, str]:
        filled_name, given = self._filled(name), self._filled(value).strip()
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
        newline = b"\r\n" if self._is(_MULTIPART) else b"\n"
        for piece in self._request.body:
            if parts:
                parts.append(newline)
            if isinstance(piece, FileText):
                parts.append(self._file(piece))
            else:
                parts.append(self._lines(self._filled(piece), newline))
        if newline == b"\r\n" and parts:
            parts.append(newline)
        return Payload(*parts)

    def _is(self, kind: re.Pattern[str]) -> bool:
        return kind.match(self._request.header("Content-Type")) is not None

    def _lines(self, text: str, newline: bytes) -> bytes:
        if self._is(_FORM):
            # One field a line, with `&` before it, behind it, or not at all.
            fields = "&".join(line.strip().strip("&") for line in text.splitlines() if line.strip())
            return quote(fields, safe="%&=+!$'()*,/:;?@[]~").encode()
        return newline.join(line.encode() for line in text.split("\n"))

    def _file(self, piece: FileText) -> bytes | Path:
        path = self._folder / Path(self._filled(piece.path).strip()).expanduser()
        try:
            if not piece.filled:
                with path.open("rb"):
                    return path
            content = path.read_text(encoding=piece.encoding or "utf-8")
            return fill_file(content, self._names, self._folder).encode(piece.encoding or "utf-8")
        except (OSError, LookupError, UnicodeError) as error:
            reason = getattr(error, "strerror", None) or error
            raise self._text.mistake(f"{path} cannot be read: {reason}.", piece.path.line, piece.path.column) from None

    def _as_graphql(self, draft: Draft) -> Draft:
        """The query, and behind an empty line its variables as JSON."""
        text = draft.payload.read().decode()
        query, variables = text, "{}"
        for found in reversed(list(re.finditer(r"\n\s*\n(?=\s*\{)", text))):
            candidate = text[found.end() :].strip()
            try:
                json.loads(candidate)
            except ValueError:
                continue
            query, variables = text[: found.start()], candidate
            break
        name = re.search(r"\b(?:query|mutation|subscription)\s+(\w+)", query)
        body = {"query": query.strip(), "operationName": name and name[1], "variables": json.loads(variables)}
        draft = draft.without("X-Request-Type").with_defaults([("Content-Type", "application/json")])
        method = "POST" if draft.method in ("GET", "GRAPHQL") else draft.method
        return replace(draft, method=method, payload=Payload(json.dumps(body, ensure_ascii=False).encode()))


def fill_file(content: str, names: Names, folder: Path) -> str:
    """The text of a file with its templates filled in. Raises Mistake."""
    return fill(hide(content), names, folder)
