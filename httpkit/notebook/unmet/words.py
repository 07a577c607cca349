"""How the messages are put together."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any

from httpkit.changes import Words
from httpkit.decoding import DecodingError
from httpkit.exchange import Exchange
from httpkit.notebook.expected import complaint
from httpkit.redact import is_secret

# Characters of a body or value that a message quotes.
_QUOTED = 160


def sentences(*parts: str) -> str:
    """What is said, without what is not."""
    return " ".join(part for part in parts if part)


def short(text: str) -> str:
    """So much of a text as is quoted."""
    return text if len(text) <= _QUOTED else f"{text[:_QUOTED]}…"


def quoted(text: str) -> str:
    """The beginning of a text in one line, in quotes."""
    return f"“{short(' '.join(text.split()))}”"


def listed(names: Iterable[str], words: Words) -> str:
    """Names, each once."""
    return ", ".join(dict.fromkeys(words.text(name) for name in names)) or "none"


def similar(name: str, names: Iterable[str]) -> str:
    """Which name may have been meant."""
    by_folded = {each.casefold().replace("_", "-"): each for each in names}
    close = get_close_matches(name.casefold().replace("_", "-"), by_folded, 1)
    return f"Did you mean {by_folded[close[0]]}?" if close else ""


def because(value: Any, expected: Any, words: Words, *names: object) -> str:
    """What a function has to say of a value, which stands under `names`."""
    if isinstance(expected, type) or not callable(expected):
        return ""
    said = words.text(complaint(value, expected))
    if not words.veil.reveal and any(isinstance(name, str) and is_secret(name) for name in names):
        # What it raises may quote the value.
        said, _, _ = said.partition(":")
        is_name = said.startswith("it raises ")
        if not is_name and _quotes(said, str(value)) and words.text(str(value)) == str(value):
            said = "it answers no"
    return f" ({said})"


def _quotes(text: str, secret: str) -> bool:
    """Whether a text has a part of the secret in it, in places that the veil knows nothing of."""
    length = min(len(secret), 5)
    return bool(length) and any(secret[at : at + length] in text for at in range(len(secret) - length + 1))


def answered(exchange: Exchange, words: Words) -> str:
    """The status of an exchange, in words."""
    got = exchange.response
    return words.text(f"{got.statusCode} {got.statusMessage}".strip()) if got.statusCode else "no response"


def text_of(exchange: Exchange) -> tuple[str, str]:
    """The body as text, and why it cannot be read."""
    try:
        return exchange.text, ""
    except (DecodingError, LookupError, ValueError) as error:
        return "", f"The body cannot be read: {error}"


def shown_text(exchange: Exchange, text: str, words: Words) -> str:
    """The body as it may be quoted."""
    media_type = str(exchange.headers.get("content-type", "")).partition(";")[0].strip().lower()
    return words.veil.body(text, media_type)
