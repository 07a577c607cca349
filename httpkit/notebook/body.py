"""A body made readable: JSON as a tree, HTML with a preview, images as images, text as text, the rest as bytes.

What is shown is capped; the object keeps the whole body, and where it fits a link brings it along.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from httpkit import redact
from httpkit.decoding import decoded_head, encodings_of
from httpkit.headers import IncomingHeaders, charset_of
from httpkit.payload import Payload
from httpkit.unseen import NOT_OF_TEXT
from httpkit.veil import Veil

from . import jsontree
from .events_stream import Events, events_html, events_text, parse_events
from .highlight import highlighted
from .html import Html, folded, join, tag

# Shown at most: characters of text, bytes of a dump, bytes of what is embedded or looked at, characters of a page.
MAX_TEXT = 20_000
MAX_DUMP = 256
MAX_EMBEDDED = 1_000_000
MAX_PAGE = 200_000
# Bytes of JSON that are read for its tree, which shows only the beginning.
MAX_JSON = 10_000_000
# Bytes that a link may bring along.
MAX_DOWNLOAD = 200_000

_IMAGES = re.compile(r"image/(avif|bmp|gif|jpeg|png|svg\+xml|vnd\.microsoft\.icon|webp|x-icon)")
_TEXTS = re.compile(
    r"text/.*|multipart/.*|.*\+xml|application/(xml|javascript|x-javascript|ecmascript|x-www-form-urlencoded|x-ndjson|yaml|toml|sql)"
)
_JSON = re.compile(r"(application|text)/(x-)?json|.*\+json")

# Nothing is loaded and nothing runs; `base` keeps links from leading anywhere, as the frame may not open windows.
_PAGE_HEAD = (
    '<!doctype html><base target="_blank"><meta http-equiv="Content-Security-Policy" '
    "content=\"default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'\">"
)

# Chromium connects to the server of a frame before it looks at the policy; an element `x-iframe` is none.
_FRAME = re.compile(r"<(?=i?frame)", re.IGNORECASE)


@dataclass(frozen=True)
class Body:
    """A body to be shown behind `veil`; `where` is what the whole is called, `is_cut` where more of it may come."""

    payload: Payload
    headers: IncomingHeaders = field(default_factory=IncomingHeaders)
    veil: Veil = field(default_factory=Veil)
    where: str = ".content"
    is_cut: bool = False

    @property
    def media_type(self) -> str:
        return str(self.headers.get("content-type", "")).partition(";")[0].strip().lower()

    @property
    def shown_type(self) -> str:
        """The media type without secrets: in lower case nobody would know them any more."""
        written = str(self.headers.get("content-type", "")).partition(";")[0].strip()
        return self.veil.text(written).lower()

    @property
    def encoding(self) -> str:
        """How it is compressed, without secrets; '' where it is not."""
        return ", ".join(encodings_of(self.veil.text(str(self.headers.get("content-encoding", "")))))

    @cached_property
    def data(self) -> bytes:
        """As much of it, decoded, as is looked at, with its secrets."""
        try:
            return decoded_head(self.payload, self.headers.get("content-encoding"), MAX_EMBEDDED + 1)
        except OSError:
            # The file that was sent is gone.
            return b""

    @cached_property
    def text(self) -> str:
        """As much of the text as is looked at, without its secrets."""
        # First the end: a secret that is not complete is none that could be found.
        return self.veil.body(self.veil.cut(self._decoded) if self._goes_on else self._decoded, self.media_type)

    @cached_property
    def events(self) -> Events:
        """The events of a stream, with their secrets."""
        return parse_events(self._decoded)

    @cached_property
    def holds_secret(self) -> bool:
        """Whether there is a secret among its bytes, or, in those that a dump would show, the start of one."""
        if self.veil.holds_secret(self.data, self.media_type):
            return True
        is_open = self._goes_on and not self.veil.reveal and not _IMAGES.fullmatch(self.media_type)
        return is_open and redact.begun(self.data.decode("latin-1"), self.veil.secrets) < min(MAX_DUMP, len(self.data))

    @property
    def _decoded(self) -> str:
        return self.data[:MAX_EMBEDDED].decode(charset_of(self.headers.get("content-type")), "replace")

    @property
    def _goes_on(self) -> bool:
        return self.is_cut or not self.is_whole

    @cached_property
    def json(self) -> Any:
        """The JSON that it is, with its secrets. Raises ValueError where it is none, or more than is looked at."""
        data = decoded_head(self.payload, self.headers.get("content-encoding"), MAX_JSON + 1)
        if len(data) > MAX_JSON:
            raise ValueError(f"more than {size_of(MAX_JSON)}")
        return jsontree.parse(data.decode(charset_of(self.headers.get("content-type")), "replace"))

    @property
    def saver(self) -> str:
        """What saves it."""
        return "exchange" if self.where == ".content" else f"exchange{self.where.removesuffix('.body')}.payload"

    @property
    def is_whole(self) -> bool:
        """Whether all of it is looked at."""
        return len(self.data) <= MAX_EMBEDDED


def kind_of(body: Body) -> str:
    """'empty', 'json', 'events', 'html', 'image', 'text' or 'binary', by its Content-Type, else by its first bytes."""
    if not body.payload:
        return "empty"
    media_type = body.media_type
    if media_type in {"text/html", "application/xhtml+xml"}:
        return "html"
    if media_type == "text/event-stream":
        return "events"
    if _IMAGES.fullmatch(media_type):
        return "image" if body.is_whole else "binary"
    if _JSON.fullmatch(media_type):
        return "json"
    if media_type and not _TEXTS.fullmatch(media_type):
        return "binary"
    return "text" if _looks_like_text(body) else "binary"


def _looks_like_text(body: Body) -> bool:
    start = body.data[:1024]
    return not NOT_OF_TEXT.search(start.decode(charset_of(body.headers.get("content-type")), "replace"))


def declared_size(headers: IncomingHeaders) -> int | None:
    """What Content-Length says; None where it says nothing, or nothing sensible."""
    length = str(headers.get("content-length", ""))
    return int(length) if re.fullmatch("[0-9]{1,18}", length) else None


def size_of(count: int) -> str:
    """A number of bytes for people."""
    if count < 1000:
        return f"{count} byte{'' if count == 1 else 's'}"
    units = ["kB", "MB", "GB"]
    size = count / 1000
    while size >= 999.95 and len(units) > 1:
        size /= 1000
        units.pop(0)
    return f"{size:.1f} {units[0]}"


def dump(data: bytes) -> str:
    """Bytes as offset, hexadecimal and characters, sixteen in a line."""
    lines = []
    for offset in range(0, len(data), 16):
        row = data[offset : offset + 16]
        characters = "".join(chr(byte) if 32 <= byte < 127 else "·" for byte in row)
        lines.append(f"{offset:06x}  {row.hex(' '):<47}  {characters}")
    return "\n".join(lines)


def _capped(text: str, body: Body) -> tuple[str, str]:
    """The text that is shown, and a note where it is not all."""
    if len(text) <= MAX_TEXT:
        return text, ""
    return text[
        :MAX_TEXT
    ], f"… the first {MAX_TEXT:,} characters; all {size_of(body.payload.size)} are in {body.where}."


def _pretty(body: Body) -> str:
    try:
        return jsontree.outline(body.json, body.veil)
    except (ValueError, OSError) as error:
        return f"{body.text}\n{_no_json(error)}"


def _text_text(body: Body) -> str:
    return "\n".join(filter(None, _capped(body.text, body)))


def _json_text(body: Body) -> str:
    return "\n".join(filter(None, _capped(_pretty(body), body)))


def _dump_text(body: Body) -> str:
    """The first bytes, or, where there is a secret among them, none."""
    if body.holds_secret:
        return redact.HIDDEN
    return dump(body.data[:MAX_DUMP])


def _binary_text(body: Body) -> str:
    return f"{_dump_text(body)}\n{_binary_note(body)}"


def _binary_note(body: Body) -> str:
    size = f"{len(body.data):,}" if body.is_whole else f"more than {MAX_EMBEDDED:,}"
    if body.holds_secret:
        return f"{size} bytes with a secret among them; all are in {body.where}"
    return f"{min(MAX_DUMP, len(body.data)):,} of {size} bytes; all are in {body.where}"


def _image_text(body: Body) -> str:
    return f"[{body.media_type}, {size_of(len(body.data))}]"


def _pre(text: object, label: str, note: str = "", more: Html | None = None, class_: str | None = None) -> Html:
    # A scrolling region has to be reachable by keyboard.
    shown = tag("pre", text, tabindex="0", role="region", aria_label=label, class_=class_)
    return join((shown, tag("p", tag("small", note), " ", more or "") if note else ""))


def _text_html(body: Body) -> Html:
    text, note = _capped(body.text, body)
    return _pre(highlighted(text, body.media_type), "Body as text", note, _download(body) if note else None)


def _json_html(body: Body) -> Html:
    try:
        shown = jsontree.tree(body.json, body.veil)
    except (ValueError, OSError) as error:
        return join((_text_html(body), tag("p", tag("small", _no_json(error)))))
    return join((shown, tag("p", _download(body)) if jsontree.LEFT_OUT in shown else ""))


def _no_json(error: Exception) -> str:
    return f"It says that it is JSON, and cannot be read as such: {error}."


def _events_html(body: Body) -> Html:
    return join(
        (
            events_html(body.events, veil=body.veil),
            "" if body.is_whole else tag("p", tag("small", _cut_note(body))),
        )
    )


def _events_text(body: Body) -> str:
    return events_text(body.events, veil=body.veil)


def _cut_note(body: Body) -> str:
    return f"… of the first {size_of(MAX_EMBEDDED)}; all are in {body.where}"


# The name a body is saved under, by its media type.
_ENDINGS = {"application/json": "json", "text/html": "html", "text/csv": "csv", "text/xml": "xml", "text/plain": "txt"}


def _download(body: Body) -> Html:
    """A link that saves the body without its secrets, where the whole is small enough to stand in the notebook."""
    if len(body.data) > MAX_DOWNLOAD:
        return tag("small", f"{body.saver}.save(path) writes it to a file.")
    data = body.text.encode() if kind_of(body) != "binary" else body.data
    if kind_of(body) == "binary" and body.holds_secret:
        return Html()
    source = f"data:application/octet-stream;base64,{base64.b64encode(data).decode()}"
    name = f"body.{_ENDINGS.get(body.media_type, 'bin' if kind_of(body) == 'binary' else 'txt')}"
    return tag("a", f"Download {size_of(len(data))}", href=source, download=name)


def _page_html(body: Body) -> Html:
    source = _PAGE_HEAD + _FRAME.sub("<x-", body.text[:MAX_PAGE])
    page = tag("iframe", sandbox="", srcdoc=source, title="Preview without scripts, links or loading")
    return join((folded("Preview", page, unfolded=True), folded("Source", _text_html(body))))


def _image_html(body: Body) -> Html:
    is_text = body.media_type == "image/svg+xml"
    if not is_text and body.holds_secret:
        return _binary_html(body)
    data = body.text.encode() if is_text else body.data
    source = f"data:{body.media_type};base64,{base64.b64encode(data).decode()}"
    return tag("p", tag("img", src=source, alt=f"{body.media_type}, {size_of(len(body.data))}"))


def _binary_html(body: Body) -> Html:
    return _pre(_dump_text(body), "Body as bytes", _binary_note(body), _download(body), class_="httpkit-dump")


_VIEWS: dict[str, tuple[Callable[[Body], str], Callable[[Body], Html]]] = {
    "empty": (lambda body: "", lambda body: Html()),
    "text": (_text_text, _text_html),
    "json": (_json_text, _json_html),
    "events": (_events_text, _events_html),
    "html": (_text_text, _page_html),
    "image": (_image_text, _image_html),
    "binary": (_binary_text, _binary_html),
}


def body_text(body: Body) -> str:
    """The body for a terminal."""
    return _VIEWS[kind_of(body)][0](body)


def body_html(body: Body) -> Html:
    """The body for a notebook."""
    return _VIEWS[kind_of(body)][1](body)
