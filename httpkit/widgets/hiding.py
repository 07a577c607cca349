"""Hidden: texts that are edited without being shown.

A field shows `Bearer ••••••` in place of what it holds. Whoever edits around the dots gets the rest back as it was: the
secrets of a text stand where its dots stand, in their order. Templates such as {{token}} are no secrets.
"""

from __future__ import annotations

import re

from httpkit.redact import HIDDEN

# `{{"{{"}}` stands for braces that are only braces.
_TEMPLATE = re.compile(r"""(?:(?:Bearer|Basic|Token) )?\{\{(?!"\{\{")(?:(?!\}\}).)+\}\}""")


class Hidden:
    """The secrets of texts that are shown without them, by what the text is of."""

    def __init__(self) -> None:
        self._secrets: dict[str, list[str]] = {}
        self._last: dict[str, tuple[str, str]] = {}
        # What was hidden once stays so, whatever becomes of the name that told.
        self.known: set[str] = set()

    def shown(self, key: str, text: str, redacted: str) -> str:
        """`redacted` with its templates in sight, while the secrets of `text` are kept."""
        before, as_shown = self._last.get(key, ("", ""))
        if text == before and HIDDEN in as_shown:
            return as_shown
        pieces = redacted.split(HIDDEN)
        secrets = _between(text, pieces)
        if secrets is None:
            # It was spelled anew, so that nothing says which part of it is which.
            pieces, secrets = ["", ""], [text]
        result, kept = pieces[0], []
        for secret, piece in zip(secrets, pieces[1:], strict=True):
            is_template = _TEMPLATE.fullmatch(secret) is not None
            result += (secret if is_template else HIDDEN) + piece
            if not is_template:
                kept.append(secret)
        self._secrets[key] = kept
        self._last[key] = text, result
        self.known.update(kept)
        return result

    def filled(self, key: str, shown: str) -> str:
        """A text as it is, of what was shown of it and perhaps edited."""
        first, *others = shown.split(HIDDEN)
        kept = [*self._secrets.get(key, ()), *[""] * len(others)]
        return first + "".join(secret + piece for secret, piece in zip(kept, others, strict=False))


def _between(text: str, pieces: list[str]) -> list[str] | None:
    """What stands in `text` between `pieces`; None where they do not stand in it one after the other."""
    if not text.startswith(pieces[0]):
        return None
    secrets, at = [], len(pieces[0])
    for index, piece in enumerate(pieces[1:], 2):
        is_last = index == len(pieces)
        found = len(text) - len(piece) if is_last else text.find(piece, at)
        if found < at or not text.startswith(piece, found):
            return None
        secrets.append(text[at:found])
        at = found + len(piece)
    return secrets if at == len(text) else None
