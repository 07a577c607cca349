"""A body made readable: JSON as a tree, HTML with a preview, images as images, text as text, the rest as bytes.

What is shown is capped; the object keeps the whole body.
"""

from __future__ import annotations

import base64
import re
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field

from httpkit.headers import IncomingHeaders, charset_of

from . import jsontree, redact
from .html import Html, folded, join, tag

# Shown at most: characters of text, bytes of a dump, bytes of what is embedded or looked at, characters of a page.
MAX_TEXT = 20_000
MAX_DUMP = 256
MAX_EMBEDDED = 1_000_000
MAX_PAGE = 200_000

_IMAGES = re.compile(r"image/(avif|bmp|gif|jpeg|png|svg\+xml|vnd\.microsoft\.icon|webp|x-icon)")
_TEXTS = re.compile(
    r"text/.*|.*\+xml|application/(xml|javascript|x-javascript|ecmascript|x-www-form-urlencoded|x-ndjson|yaml|toml|sql)"
)
_JSON = re.compile(r"(application|text)/json|.*\+json")
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1a\x1c-\x1f]")

# Nothing is loaded and nothing runs; `base` keeps links from leading anywhere, as the frame may not open windows.
_PAGE_HEAD = (
    '<!doctype html><base target="_blank"><meta http-equiv="Content-Security-Policy" '
    "content=\"default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'\">"
)

# Chromium connects to the server of a frame before it looks at the policy; an element `x-iframe` is none.
_FRAME = re.compile(r"<(?=i?frame)", re.IGNORECASE)


@dataclass(frozen=True)
class Body:
    """A body to be shown; `secrets` are hidden in it, `where` is what the whole is called."""

    data: bytes
    headers: IncomingHeaders = field(default_factory=IncomingHeaders)
    secrets: frozenset[str] = frozenset()
    where: str = ".response.body"

    @property
    def media_type(self) -> str:
        return str(self.headers.get("content-type", "")).partition(";")[0].strip().lower()

    @property
    def text(self) -> str:
        """As much of the text as is looked at, without its secrets."""
        data = unpacked(self.data, str(self.headers.get("content-encoding", "")))[:MAX_EMBEDDED]
        charset = charset_of(self.headers.get("content-type"))
        return redact.text(data.decode(charset, "replace"), self.secrets)


def unpacked(data: bytes, encoding: str) -> bytes:
    """`data` without its gzip or deflate; at most as much as can be shown, so that no bomb goes off."""
    if encoding.strip().lower() not in {"gzip", "x-gzip", "deflate"}:
        return data
    try:
        # 32 added to the window size: find out by itself whether it is gzip or zlib.
        return zlib.decompressobj(zlib.MAX_WBITS | 32).decompress(data, MAX_EMBEDDED)
    except zlib.error:
        return data


def kind_of(body: Body) -> str:
    """'empty', 'json', 'html', 'image', 'text' or 'binary', by its Content-Type, else by its first bytes."""
    if not body.data:
        return "empty"
    media_type = body.media_type
    if media_type in {"text/html", "application/xhtml+xml"}:
        return "html"
    if _IMAGES.fullmatch(media_type):
        return "image" if len(body.data) <= MAX_EMBEDDED else "binary"
    if _JSON.fullmatch(media_type):
        return "json"
    if media_type and not _TEXTS.fullmatch(media_type):
        return "binary"
    return "text" if _looks_like_text(body) else "binary"


def _looks_like_text(body: Body) -> bool:
    start = unpacked(body.data, str(body.headers.get("content-encoding", "")))[:1024]
    return not _CONTROLS.search(start.decode(charset_of(body.headers.get("content-type")), "replace"))


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
    return text[:MAX_TEXT], f"… the first {MAX_TEXT:,} characters; all {size_of(len(body.data))} are in {body.where}"


def _pretty(body: Body) -> str:
    try:
        return jsontree.outline(jsontree.parse(body.text))
    except ValueError:
        return body.text


def _text_text(body: Body) -> str:
    return "\n".join(filter(None, _capped(body.text, body)))


def _json_text(body: Body) -> str:
    return "\n".join(filter(None, _capped(_pretty(body), body)))


def _binary_text(body: Body) -> str:
    return f"{dump(body.data[:MAX_DUMP])}\n{_binary_note(body)}"


def _binary_note(body: Body) -> str:
    shown = min(MAX_DUMP, len(body.data))
    return f"{shown:,} of {len(body.data):,} bytes; all are in {body.where}"


def _image_text(body: Body) -> str:
    return f"[{body.media_type}, {size_of(len(body.data))}]"


def _pre(text: str, label: str, note: str = "") -> Html:
    # A scrolling region has to be reachable by keyboard.
    shown = tag("pre", text, tabindex="0", role="region", aria_label=label)
    return join((shown, tag("p", tag("small", note)) if note else ""))


def _text_html(body: Body) -> Html:
    text, note = _capped(body.text, body)
    return _pre(text, "Body as text", note)


def _json_html(body: Body) -> Html:
    try:
        return jsontree.tree(jsontree.parse(body.text))
    except ValueError:
        return _text_html(body)


def _page_html(body: Body) -> Html:
    source = _PAGE_HEAD + _FRAME.sub("<x-", body.text[:MAX_PAGE])
    page = tag("iframe", sandbox="", srcdoc=source, title="Preview without scripts, links or loading")
    return join((folded("Preview", page, unfolded=True), folded("Source", _text_html(body))))


def _image_html(body: Body) -> Html:
    source = f"data:{body.media_type};base64,{base64.b64encode(body.data).decode()}"
    return tag("p", tag("img", src=source, alt=f"{body.media_type}, {size_of(len(body.data))}"))


def _binary_html(body: Body) -> Html:
    return _pre(dump(body.data[:MAX_DUMP]), "Body as bytes", _binary_note(body))


_VIEWS: dict[str, tuple[Callable[[Body], str], Callable[[Body], Html]]] = {
    "empty": (lambda body: "", lambda body: Html()),
    "text": (_text_text, _text_html),
    "json": (_json_text, _json_html),
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
