"""A request as it is filled in: fields for people, of which a draft or the text of a cell is made.

Every text may have templates, `{{token}}`, which are filled from the notebook's names when the request is sent.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from itertools import count
from pathlib import Path
from typing import Any, Self
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

from httpkit import redact
from httpkit.draft import Delivery, Draft
from httpkit.headers import basic, validateHeaderName, validateHeaderValue
from httpkit.messages import NO_RESPONSE, SentRequest
from httpkit.notebook.forms import URLENCODED, Part, media_type_of, multipart, urlencoded
from httpkit.notebook.mistakes import Mistake
from httpkit.notebook.paths import path_of
from httpkit.notebook.templates import fill, hide
from httpkit.notebook.urls import expand, with_query
from httpkit.payload import Payload
from httpkit.veil import Veil

from .hiding import Hidden

_JSON = "application/json"

_ids = count(1)
# What is not percent-encoded with what stands around it.
_AS_IT_IS = re.compile(rf"\{{\{{.+?\}}\}}|{redact.HIDDEN}")
# Characters from which on a user's name without a password counts as a token.
_TOKEN = 16


def _new_id() -> str:
    return f"kernel-{next(_ids)}"


@dataclass(frozen=True)
class Item:
    """A row: a name and its value; `on` whether it is sent, `is_file` whether the value is the path of a file."""

    name: str = ""
    value: str = ""
    on: bool = True
    is_file: bool = False
    id: str = field(default_factory=_new_id)


Items = tuple[Item, ...]


@dataclass(frozen=True)
class RequestForm:
    """A request that somebody fills in.

    `kind` is that of the body: 'none', 'json', 'form', 'multipart', 'raw' (`text` of the media type `media_type`) or
    'file' (the path `file`). `auth` is 'none', 'basic' (`user` and `secret`) or 'bearer' (`secret`). `timeout` in ms
    for which nothing may come.
    """

    method: str = "GET"
    url: str = ""
    query: Items = ()
    headers: Items = ()
    kind: str = "none"
    text: str = ""
    media_type: str = "text/plain"
    file: str = ""
    parts: Items = ()
    auth: str = "none"
    user: str = ""
    secret: str = ""
    follow: bool = False
    verify: bool = True
    timeout: float = 30_000

    def __repr__(self) -> str:
        return f"<RequestForm {self.method} {redact.url(self.url)}>"

    @classmethod
    def of(cls, draft: Draft) -> Self:
        """The form of a request that is known. Its braces are only braces: nothing of the wire is ever evaluated."""
        url, query, user, password = _apart(draft.url)
        headers = tuple(Item(name, value) for name, value in draft.without("Content-Length").raw_headers)
        form = cls(
            draft.method, url, query, headers, follow=draft.delivery.follow, verify=draft.delivery.verify is not False
        )
        if user or password:
            form = replace(form, auth="basic", user=user, secret=password)
        return form._with_body(draft.payload, draft.header("Content-Type") or "")._literally()

    def _literally(self) -> Self:
        """The same, where no text has a template."""

        def items(some: Items) -> Items:
            return tuple(replace(item, name=_literal(item.name), value=_literal(item.value)) for item in some)

        return replace(
            self,
            url=_literal(self.url),
            query=items(self.query),
            headers=items(self.headers),
            parts=items(self.parts),
            text=_literal(self.text),
            file=_literal(self.file),
            user=_literal(self.user),
            secret=_literal(self.secret),
        )

    def _with_body(self, payload: Payload, content_type: str) -> Self:
        media_type = content_type.partition(";")[0].strip().lower()
        if not payload:
            return self
        if len(payload.parts) == 1 and isinstance(payload.parts[0], Path):
            return replace(self, kind="file", file=str(payload.parts[0]))
        try:
            text = payload.read().decode()
        except UnicodeDecodeError:
            raise Mistake("The body of this request is no text, which cannot be edited here: choose a file.") from None
        if media_type == URLENCODED:
            pairs = parse_qsl(text, keep_blank_values=True)
            return self._as("form", content_type, parts=tuple(Item(name, value) for name, value in pairs))
        if media_type == _JSON:
            return self._as("json", content_type, text=text)
        return self._as("raw", content_type, text=text, media_type=content_type or "text/plain")

    def _as(self, kind: str, content_type: str, **body: Any) -> Self:
        """With a body of a kind, and without the Content-Type that follows from that."""
        form = replace(self, kind=kind, **body)
        if form._content_type() != content_type.lower():
            return form
        return replace(form, headers=tuple(item for item in form.headers if item.name.lower() != "content-type"))

    @classmethod
    def from_message(cls, message: Mapping[str, Any]) -> Self:
        """The form that a view has sent. Raises Mistake for what is none."""
        known = {each.name: each for each in fields(cls)}
        try:
            given = {name: _value(name, value) for name, value in message.items() if name in known}
        except TypeError as error:
            raise Mistake(f"This is not a request: {error}.") from None
        return cls(**given).tidied()

    def to_message(self) -> dict[str, Any]:
        return {
            name: [vars(item) for item in value] if isinstance(value, tuple) else value
            for name, value in vars(self).items()
        }

    def tidied(self) -> Self:
        """The same with the query and the credentials of its URL where they belong."""
        url, query, user, password = _apart(self.url)
        form = replace(self, url=url, query=query or self.query)
        return replace(form, auth="basic", user=user, secret=password) if user or password else form

    # --- secrets

    def shown(self, hidden: Hidden) -> Self:
        """The same without its secrets, which `hidden` keeps."""
        veil = self.veil() | Veil(frozenset(each for known in hidden.known for each in redact.spellings(known)))

        def items(some: Items, redacted: Callable[[str, str], str]) -> Items:
            return tuple(
                replace(item, value=hidden.shown(_key(item), item.value, redacted(item.name, item.value)))
                for item in some
            )

        return replace(
            self,
            url=hidden.shown("url", self.url, veil.url(self.url)),
            query=items(self.query, veil.field),
            headers=items(self.headers, veil.header),
            parts=items(self.parts, veil.field),
            text=hidden.shown("text", self.text, veil.body(self.text, self._content_type())),
            user=hidden.shown("user", self.user, veil.secret(self.user) if self._is_token() else veil.text(self.user)),
            secret=hidden.shown("secret", self.secret, veil.secret(self.secret)),
        )

    def _is_token(self) -> bool:
        """Whether the user's name is what lets one in: https://TOKEN@host."""
        return len(self.user) >= _TOKEN and not self.secret

    def filled(self, hidden: Hidden) -> Self:
        """The same with its secrets, after it was shown without them."""

        def items(some: Items) -> Items:
            return tuple(replace(item, value=hidden.filled(_key(item), item.value)) for item in some)

        return replace(
            self,
            url=hidden.filled("url", self.url),
            query=items(self.query),
            headers=items(self.headers),
            parts=items(self.parts),
            text=hidden.filled("text", self.text),
            user=hidden.filled("user", self.user),
            secret=hidden.filled("secret", self.secret),
        )

    def veil(self) -> Veil:
        """What hides its secrets."""
        pairs = tuple((item.name, item.value) for item in self.headers)
        token = self.secret or (self.user if self._is_token() else "")
        credentials = (("Authorization", f"Bearer {token}"),) if token else ()
        url = f"{self.url}?{urlencode([(item.name, item.value) for item in self.query])}"
        form = "&".join(f"{item.name}={item.value}" for item in self.parts)
        body = Payload((self.text or form).encode())
        return Veil.of([(SentRequest(self.method, url, pairs + credentials, body), NO_RESPONSE)])

    def _content_type(self) -> str:
        return {"json": _JSON, "form": URLENCODED}.get(self.kind, self.media_type)

    @property
    def whole_url(self) -> str:
        """The URL with its query."""
        pairs = [f"{_quoted(item.name)}={_quoted(item.value)}" for item in self.query if item.on and item.name]
        return f"{self.url}?{'&'.join(pairs)}" if pairs else self.url

    # --- what is sent

    def draft(self, names: Mapping[str, Any], uploads: Mapping[str, tuple[str, bytes]]) -> Draft:
        """The request, its templates filled with `names`; `uploads` are files by the id of their item.

        Raises Mistake for what cannot be sent.
        """
        if not self.url.strip():
            raise Mistake("There is no URL yet. Expected something like :3000/path or http://host/path.")
        filled = _Filler(names)
        pairs = [(filled(item.name), filled(item.value)) for item in self.query if item.on and item.name]
        url = with_query(expand(filled(self.url.strip())), pairs)
        payload, content_type = self._payload(filled, uploads)
        draft = Draft(self.method.strip() or "GET", url, tuple(self._headers(filled, content_type)), payload)
        return replace(draft, delivery=Delivery(follow=self.follow, verify=self.verify, idle=self.timeout))

    def _headers(self, filled: Callable[[str], str], content_type: str) -> Iterable[tuple[str, str]]:
        pairs = [(filled(item.name).strip(), filled(item.value)) for item in self.headers if item.on and item.name]
        given = {name.lower() for name, _ in pairs}
        if content_type and ("content-type" not in given or self.kind == "multipart"):
            pairs = [pair for pair in pairs if pair[0].lower() != "content-type"]
            pairs.append(("Content-Type", content_type))
        if self.auth != "none" and "authorization" not in given:
            pairs.append(("Authorization", self._credentials(filled)))
        for name, value in pairs:
            validateHeaderName(name)
            validateHeaderValue(name, value)
        return pairs

    def _credentials(self, filled: Callable[[str], str]) -> str:
        secret = filled(self.secret)
        return f"Bearer {secret}" if self.auth == "bearer" else basic(f"{filled(self.user)}:{secret}")

    def _payload(self, filled: Callable[[str], str], uploads: Mapping[str, tuple[str, bytes]]) -> tuple[Payload, str]:
        parts = [item for item in self.parts if item.on and item.name]
        match self.kind:
            case "json":
                return Payload(_checked_json(filled(self.text)).encode()), _JSON
            case "raw":
                return Payload(filled(self.text).encode()), self.media_type
            case "form":
                return urlencoded((filled(item.name), filled(item.value)) for item in parts), URLENCODED
            case "multipart":
                return multipart(_part(item, filled, uploads) for item in parts)
            case "file":
                return self._file(filled, uploads)
        return Payload(), ""

    def _file(self, filled: Callable[[str], str], uploads: Mapping[str, tuple[str, bytes]]) -> tuple[Payload, str]:
        if upload := uploads.get("file"):
            return Payload(upload[1]), media_type_of(Path(upload[0]))
        path = path_of(filled(self.file))
        if not path.is_file():
            raise Mistake(f"There is no file {path}: choose one, or write its path.")
        return Payload(path), media_type_of(path)

    # --- as the text of a cell

    def cell(self) -> str:
        """A `%%http` cell that sends it. Its templates stay; for secrets that were typed the cell asks."""
        hidden = Hidden()
        prompts = _Prompts()
        form = self.shown(hidden)

        def text(key: str, name: str, value: str) -> str:
            return prompts.instead(value, hidden.filled(key, value), name)

        query = "&".join(
            f"{_quoted(item.name)}={_quoted(text(_key(item), item.name, item.value))}"
            for item in form.query
            if item.on and item.name
        )
        url = text("url", "url", form.url) + (f"?{query}" if query else "")
        lines = [f"{form.method} {url}"]
        lines += [
            f"{item.name}: {text(_key(item), item.name, item.value)}" for item in form.headers if item.on and item.name
        ]
        if form.auth != "none":
            given = text("secret", "password" if form.auth == "basic" else "token", form.secret)
            lines.append(
                f"Authorization: Basic {text('user', 'user', form.user)}:{given}"
                if form.auth == "basic"
                else f"Authorization: Bearer {given}"
            )
        lines += form._cell_body(text)
        follow = [] if form.follow else ["# @no-redirect"]
        return "\n".join(["%%http", *prompts.lines, *follow, *lines])

    def _cell_body(self, text: Callable[[str, str, str], str]) -> list[str]:
        parts = [item for item in self.parts if item.on and item.name]
        is_typed = any(item.on and item.name.lower() == "content-type" for item in self.headers)
        kind = [] if is_typed else [f"Content-Type: {self._content_type()}"]
        match self.kind:
            case "json" | "raw":
                return [*kind, "", text("text", "body", self.text)]
            case "form":
                pairs = (f"{_quoted(item.name)}={_quoted(text(_key(item), item.name, item.value))}" for item in parts)
                return [*kind, "", "&".join(pairs)]
            case "multipart":
                return [f"Content-Type: multipart/form-data; boundary={_BOUNDARY}", "", *_cell_parts(parts, text)]
            case "file":
                return ["", f"< {self.file}"]
        return []


_BOUNDARY = "boundary"


def _cell_parts(parts: list[Item], text: Callable[[str, str, str], str]) -> Iterable[str]:
    for item in parts:
        name = Path(item.value).name
        yield f"--{_BOUNDARY}"
        if item.is_file:
            yield f'Content-Disposition: form-data; name="{item.name}"; filename="{name}"'
            yield f"Content-Type: {media_type_of(Path(name))}"
        else:
            yield f'Content-Disposition: form-data; name="{item.name}"'
        yield ""
        yield f"< {item.value}" if item.is_file else text(_key(item), item.name, item.value)
    yield f"--{_BOUNDARY}--"


class _Prompts:
    """Questions for secrets that a cell must not hold."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def instead(self, shown: str, whole: str, name: str) -> str:
        """`shown` with a question in the place of each secret of `whole`."""
        while redact.HIDDEN in shown:
            called = re.sub(r"\W+", "_", name).strip("_").lower() or "secret"
            called = f"{called}_{len(self.lines) + 1}"
            self.lines.append(f"# @prompt {called}")
            shown = shown.replace(redact.HIDDEN, "{{" + called + "}}", 1)
        return shown


class _Filler:
    """Puts the values of templates into texts."""

    def __init__(self, names: Mapping[str, Any]) -> None:
        self._names = names

    def __call__(self, text: str) -> str:
        return fill(hide(text), self._names)


def _key(item: Item) -> str:
    return f"item {item.id}"


def _literal(text: str) -> str:
    return text.replace("{{", '{{"{{"}}')


def _apart(url: str) -> tuple[str, Items, str, str]:
    """A URL without its query and credentials, and these."""
    rest, mark, query = url.partition("?")
    pairs = (
        ()
        if not mark
        else tuple(Item(name, value) for name, value in parse_qsl(query.partition("#")[0], keep_blank_values=True))
    )
    try:
        parts = urlsplit(rest)
        if "://" in rest and "@" in parts.netloc:
            user, password = unquote(parts.username or ""), unquote(parts.password or "")
            return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl(), pairs, user, password
    except ValueError:
        # Of what is no URL one hears when it is sent.
        pass
    return rest, pairs, "", ""


def _value(name: str, value: Any) -> Any:
    if name in ("query", "headers", "parts"):
        return tuple(Item(**item) for item in value)
    if name == "timeout" and not isinstance(value, (int, float)):
        raise TypeError(f"{name} is {type(value).__name__}")
    if name == "timeout":
        return float(value)
    if name in ("follow", "verify"):
        return bool(value)
    if not isinstance(value, str):
        raise TypeError(f"{name} is {type(value).__name__}")
    return value


def _checked_json(text: str) -> str:
    try:
        json.loads(text)
    except ValueError as error:
        raise Mistake(f"The body is not JSON: {error}.") from None
    return text


def _part(item: Item, filled: Callable[[str], str], uploads: Mapping[str, tuple[str, bytes]]) -> Part:
    name = filled(item.name)
    if item.id in uploads:
        filename, data = uploads[item.id]
        return Part(name, data, filename)
    if not item.is_file:
        return Part(name, filled(item.value))
    path = path_of(filled(item.value))
    if not path.is_file():
        raise Mistake(f"There is no file {path} for the part {name}: choose one, or write its path.")
    return Part(name, path)


def _quoted(text: str) -> str:
    """A part of a query, its templates left alone."""
    pieces = _AS_IT_IS.split(text)
    templates = [*_AS_IT_IS.findall(text), ""]
    return "".join(urlencode({"": piece})[1:] + template for piece, template in zip(pieces, templates, strict=True))
