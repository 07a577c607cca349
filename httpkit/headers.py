"""Header rules: what a received header means, what may be sent.

Receiving: names are lower-cased; of some headers the first wins, `Set-Cookie` stays a list, `Cookie` is joined with
"; ", all others with ", ". Sending: a name must be a token, a value must have no control character but TAB and no
character above U+00FF (RFC 9110 section 5.5), so that nobody's data can start a header line of its own.

Source: https://nodejs.org/docs/latest-v24.x/api/http.html#messageheaders
"""

from __future__ import annotations

import base64
import codecs
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from .errors import NodeError, error, wrong_type

FIRST_WINS = frozenset(
    """
    age authorization content-length content-type etag expires from host if-modified-since if-unmodified-since
    last-modified location max-forwards proxy-authorization referer retry-after server user-agent
    """.split()
)

_TOKEN = re.compile(r"[\^_`a-zA-Z\-0-9!#$%&'*+.|~]+")
_INVALID_VALUE = re.compile(r"[^\t\x20-\x7e\x80-\xff]")
# What no validation lets pass: it would end the line, or cannot be sent.
_INVALID_LENIENTLY = re.compile(r"[\x00\n\r]|[^\x00-\xff]")
# Python calls these codecs text encodings, too; a message that names one is up to no good.
_NO_CHARSETS = frozenset({"idna", "punycode", "raw-unicode-escape", "undefined", "unicode-escape"})
_CHARSET = re.compile(r'charset\s*=\s*"?([^\s";]+)', re.IGNORECASE)


class IncomingHeaders(dict[str, Any]):
    """Received headers under lower-case names; `headers['Content-Type']` finds 'content-type' too.

    Values are str, but a list of str for 'set-cookie'.
    """

    @classmethod
    def joined(cls, pairs: Iterable[tuple[str, str]], *, join_duplicates: bool = False) -> IncomingHeaders:
        """Headers from (name, value) pairs in wire order, repeated names joined as Node joins them."""
        headers = cls()
        for name, value in pairs:
            key = name.lower()
            if key == "set-cookie":
                headers.setdefault(key, []).append(value)
            elif not super().__contains__(headers, key):
                headers[key] = value
            elif key not in FIRST_WINS or join_duplicates:
                separator = "; " if key == "cookie" else ", "
                headers[key] = f"{headers[key]}{separator}{value}"
        return headers

    @classmethod
    def distinct(cls, pairs: Iterable[tuple[str, str]]) -> IncomingHeaders:
        """Headers from (name, value) pairs, every value a list of all that were received."""
        headers = cls()
        for name, value in pairs:
            headers.setdefault(name.lower(), []).append(value)
        return headers

    def __missing__(self, name: str) -> Any:
        if isinstance(name, str) and super().__contains__(name.lower()):
            return self[name.lower()]
        raise KeyError(name)

    def __contains__(self, name: object) -> bool:
        return super().__contains__(name.lower() if isinstance(name, str) else name)

    def get(self, name: str, default: Any = None) -> Any:
        return super().get(name.lower(), default)


def pairs_of(flat: list[str]) -> list[tuple[str, str]]:
    """(name, value) pairs of a flat `rawHeaders` list."""
    return list(zip(flat[::2], flat[1::2], strict=True))


def text_of(value: Any) -> str:
    """A header value as it stands on the wire; true and false as in JavaScript."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (bytes, bytearray)):
        return value.decode("latin-1")
    if isinstance(value, (list, tuple)):
        return ",".join(map(text_of, value))
    return str(value)


def is_token(text: Any) -> bool:
    """Whether `text` is a token (RFC 9110 section 5.6.2)."""
    return isinstance(text, str) and _TOKEN.fullmatch(text) is not None


def checked_name(name: str, label: str = "Header name") -> str:
    """The lower-case form of a header name. Raises ERR_INVALID_HTTP_TOKEN where it is not a token."""
    lowered = _lowered(name) if type(name) is str else None
    if lowered is None:
        raise error("ERR_INVALID_HTTP_TOKEN", label, name)
    return lowered


# The same few names come again and again.
@lru_cache(maxsize=2048)
def _lowered(name: str) -> str | None:
    return name.lower() if _TOKEN.fullmatch(name) else None


def check_value(name: str, value: Any, what: str = "header content", *, lenient: bool = False) -> None:
    """Raise ERR_HTTP_INVALID_HEADER_VALUE or ERR_INVALID_CHAR where `value` must not be sent under `name`."""
    if type(value) is str and value.isascii() and value.isprintable():
        return
    checked_texts(name, value, what, lenient=lenient)


def checked_texts(name: str, value: Any, what: str = "header content", *, lenient: bool = False) -> list[str] | str:
    """`value` as text, or a list as texts: made once, so that what was checked is what is sent."""
    if value is None:
        raise error("ERR_HTTP_INVALID_HEADER_VALUE", "undefined", name)
    texts = [text_of(each) for each in value] if isinstance(value, (list, tuple)) else text_of(value)
    invalid = _INVALID_LENIENTLY if lenient else _INVALID_VALUE
    for text in [texts] if isinstance(texts, str) else texts:
        if invalid.search(text):
            raise error("ERR_INVALID_CHAR", what, name)
    return texts


def validateHeaderName(name: str, label: str = "Header name") -> None:
    """Raise ERR_INVALID_HTTP_TOKEN where `name` is not a header name; `label` begins the message.

    Source: https://nodejs.org/docs/latest-v24.x/api/http.html#httpvalidateheadernamename-label
    """
    checked_name(name, label)


def validateHeaderValue(name: str, value: Any, lenient: bool = False) -> None:
    """Raise ERR_HTTP_INVALID_HEADER_VALUE or ERR_INVALID_CHAR where `value` must not be sent under `name`.

    `lenient` lets control characters pass, but for NUL, CR and LF.

    Source: https://nodejs.org/docs/latest-v24.x/api/http.html#httpvalidateheadervaluename-value
    """
    check_value(name, value, lenient=lenient)


def is_valid_value(text: str) -> bool:
    """Whether `text` may stand in a header value or a reason phrase."""
    return not _INVALID_VALUE.search(text)


def header_pairs(headers: Any) -> list[tuple[str, Any]]:
    """(name, value) pairs of what Node takes as headers: a mapping, a flat list, or a list of pairs.

    Raises ERR_INVALID_ARG_VALUE for a flat list of odd length.
    """
    if isinstance(headers, Mapping):
        return list(headers.items())
    if not isinstance(headers, (list, tuple)):
        raise wrong_type("headers", "a mapping or a list", headers)
    items = list(headers)
    if items and all(isinstance(item, (list, tuple)) and len(item) == 2 for item in items):
        return [(name, value) for name, value in items]
    if len(items) % 2:
        raise _odd_headers(headers)
    return list(zip(items[::2], items[1::2], strict=True))


def _odd_headers(headers: Any) -> NodeError:
    return error("ERR_INVALID_ARG_VALUE", "argument", "headers", "is invalid", repr(headers))


def unique_names(names: Any) -> frozenset[str]:
    """The option `uniqueHeaders`, in lower case: headers that stand once however many values they have.

    As in Node, anything but a list is taken for none.
    """
    return frozenset(str(name).lower() for name in names) if isinstance(names, (list, tuple)) else frozenset()


def basic(credentials: str) -> str:
    """`name:password` as the value of an Authorization header (RFC 7617)."""
    return f"Basic {base64.b64encode(credentials.encode()).decode()}"


def charset_of(content_type: str | None) -> str:
    """The codec a Content-Type names, UTF-8 where it names none or one that Python does not know."""
    named = _CHARSET.search(content_type or "")
    try:
        codec = codecs.lookup(named[1]) if named else None
        # `hex` and `base64` are codecs, and no text encodings.
        is_charset = codec is not None and getattr(codec, "_is_text_encoding", True) and codec.name not in _NO_CHARSETS
        return codec.name if codec is not None and is_charset else "utf-8"
    except (LookupError, ValueError):
        # ValueError: a NUL in the name.
        return "utf-8"
