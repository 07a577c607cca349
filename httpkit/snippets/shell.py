"""Commands for a shell: words that are exactly what they were, and bodies that reach a command byte for byte.

Words are quoted as bash and zsh read them: bare where nothing in them means anything, '…' where they are text, $'…'
where they hold what cannot be seen or is no UTF-8. An argument can hold no NUL and, on Linux, 128 KiB at most, so what
is more or has one comes through a pipe from `printf`, which is built into the shell and has neither limit.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from pathlib import Path

from .parts import Part, text_of

Word = str | bytes

# Bytes of an argument; quoting can make them four times as long for whoever types, not for the command.
_MAX_ARGUMENT = 100_000

_SAFE = re.compile(r"[a-zA-Z0-9@%+:,./_-][a-zA-Z0-9@%+=:,./_-]*")
_ESCAPES = {"\\": "\\\\", "'": "\\'", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
# What stands for itself in the format of printf, between single quotes.
_PLAIN = re.compile(rb"[^\x20-\x24\x26\x28-\x5b\x5d-\x7e]")


def quoted(word: Word) -> str:
    """A word of a command line, for bash or zsh; text is UTF-8."""
    text = (word if isinstance(word, bytes) else _bytes(word)).decode("utf-8", "surrogateescape")
    if _SAFE.fullmatch(text):
        return text
    if text.replace("\n", "").isprintable():
        return "'" + text.replace("'", "'\\''") + "'"
    return f"$'{''.join(map(_escaped, text))}'"


def _bytes(text: str) -> bytes:
    try:
        return os.fsencode(text)
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace")


def _escaped(character: str) -> str:
    if character in _ESCAPES:
        return _ESCAPES[character]
    if character.isprintable():
        return character
    return "".join(f"\\x{byte:02x}" for byte in character.encode("utf-8", "surrogateescape"))


def command(lines: Iterable[tuple[Word, ...]], *, before: str = "", after: str = "", notes: Iterable[str] = ()) -> str:
    """A command, a few words on each line; `before` and `after` are of the shell, `notes` are comments above it."""
    words = [" ".join(map(quoted, line)) for line in lines if line]
    comments = "".join(f"# {one_line(note)}\n" for note in notes)
    return comments + before + " \\\n  ".join(words) + after


def one_line(text: str) -> str:
    """Text that ends no comment: whatever is not printed is a space."""
    return "".join(character if character.isprintable() else " " for character in text)


# --- bytes


def header_bytes(value: str) -> bytes:
    """A header as it stands on the wire, in Latin-1; what hides a secret is no Latin-1, and is never sent."""
    return b"".join(each.encode("latin-1" if each < "\u0100" else "utf-8", "replace") for each in value)


def argument(parts: tuple[Part, ...]) -> str | None:
    """A body as text that can be an argument; None where it cannot be one."""
    if len(parts) != 1 or not isinstance(parts[0], bytes) or len(parts[0]) > _MAX_ARGUMENT:
        return None
    return text_of(parts[0])


def only_file(parts: tuple[Part, ...]) -> str | None:
    """The path of the file that is the body; None where the body is something else."""
    return path_word(parts[0]) if len(parts) == 1 and isinstance(parts[0], Path) else None


def producer(parts: tuple[Part, ...]) -> str:
    """The command that writes a body to its standard output."""
    commands = [f"cat {quoted(path_word(part))}" if isinstance(part, Path) else _printed(part) for part in parts]
    return commands[0] if len(commands) == 1 else f"{{ {'; '.join(commands)}; }}"


def path_word(path: Path) -> str:
    """A path that no command takes for an option or for standard input."""
    return f"./{path}" if str(path).startswith("-") else str(path)


def _printed(data: bytes) -> str:
    text = text_of(data)
    if text is not None:
        return f"printf %s {quoted(text)}"
    escaped = _PLAIN.sub(lambda found: b"\\%03o" % found[0][0], data).decode("ascii")
    # What begins with a dash would be an option.
    return f"printf '\\055{escaped[1:]}'" if escaped.startswith("-") else f"printf '{escaped}'"
