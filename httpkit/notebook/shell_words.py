"""The words of a command line copied from a page or a browser, cut as bash cuts them, or as Windows' cmd does.

Cutting is all that happens. What a shell would run, fill in or redirect is refused, with what to write in its place.
Expressions in `{{…}}` have to be hidden before (templates.py).

Source: https://www.gnu.org/software/bash/manual/bash.html#Quoting
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from .mistakes import Mistake
from .templates import reveal


class Word(NamedTuple):
    """A word, and where it begins in the text it was cut from; None where that is not known."""

    text: str
    at: int | None = None


# Written for cmd is a text in which a caret hides a quote or the end of a line, before any quote of bash's.
_FOR_CMD = re.compile(r"""[^']*?\s\^(?:"|[ \t]*(?:\r?\n|\Z))""")


def words_of(text: str, start: int = 0) -> list[Word]:
    """The words from `start` on. Raises Mistake, with its offset, where a shell would do more than cut."""
    return list(_cmd_words(text, start) if _FOR_CMD.match(text, start) else _bash_words(text, start))


# --- bash

_TOKEN = re.compile(
    r"""
    (?P<blank>[ \t\xa0]+)
  | (?P<continued>\\[ \t]*(?:\r?\n|\Z))
  | (?P<end>\r?\n)
  | (?P<comment>(?<!\S)\#[^\n]*)
  | (?P<single>'[^']*')
  | (?P<ansi>\$'(?:[^'\\]|\\.)*')
  | (?P<double>\$?"(?:[^"\\]|\\.)*")
  | (?P<escaped>\\.)
  | (?P<plain>(?!\d+>)[^\s'"\\$`|&;<>()]+|\$(?![\w{('"?$!@*\#-]))
    """,
    re.VERBOSE | re.DOTALL,
)
_BETWEEN_WORDS = ("blank", "end", "comment")
# bash makes several words of `{a,b}` and `{1..3}`.
_BRACES = re.compile(r"\{[^{}]*(?:,|\.\.)[^{}]*\}")
_TYPOGRAPHIC = re.compile("[\u201c-\u201e\u2018\u2019]")


@dataclass
class _Pieces:
    """A word as far as it has been read; `bare` has a space in place of each piece that was quoted."""

    at: int
    text: str = ""
    bare: str = ""

    def add(self, kind: str, piece: str, at: int) -> None:
        self.text += _READ[kind](piece, at)
        self.bare += piece if kind == "plain" else " "

    def word(self) -> Word:
        if quote := _TYPOGRAPHIC.match(self.bare):
            raise Mistake(f"{quote[0]} is a typographic quote, which no shell knows. Write ' or \".").at(self.at)
        if _BRACES.search(self.bare):
            raise Mistake("A shell makes several words of {…,…}. Put quotes around the whole: '{…,…}'.").at(self.at)
        return Word(self.text, self.at)


def _bash_words(text: str, at: int) -> Iterator[Word]:
    word: _Pieces | None = None
    has_words = has_ended = False
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None:
            raise _refusal(text, at)
        kind = str(found.lastgroup)
        if kind in _BETWEEN_WORDS:
            if word:
                yield word.word()
            word = None
            has_ended = has_ended or (kind == "end" and has_words)
        elif kind != "continued":
            if has_ended:
                raise _another_line(text, at)
            word, has_words = word or _Pieces(at), True
            word.add(kind, found[0], at)
        at = found.end()
    if word:
        yield word.word()


def _another_line(text: str, at: int) -> Mistake:
    if text.startswith("-", at):
        return Mistake("The command ends with the line before. To go on in this one, end that one with a \\.").at(at)
    return Mistake("A new line begins another command. Paste one at a time.").at(at)


def _without_quotes(piece: str, at: int) -> str:
    return piece[1:-1]


_IN_DOUBLE = re.compile(r"\\(?:([$`\"\\])|\r?\n)|[$`]")


def _double(piece: str, at: int) -> str:
    """Between "…", a backslash hides only what would mean something there."""
    start = piece.index('"') + 1
    inside = piece[start:-1]

    def plain(found: re.Match[str]) -> str:
        if found[0] not in ("$", "`"):
            return found[1] or ""
        refusal = _advice(_EXPANSIONS, inside, found.start())
        if refusal:
            raise refusal.at(at + start + found.start())
        return found[0]

    return _IN_DOUBLE.sub(plain, inside)


_ESCAPE = re.compile(
    rb"""\\(?:
      u(?P<high>[dD][89abAB][0-9a-fA-F]{2})\\u(?P<low>[dD][c-fC-F][0-9a-fA-F]{2})
    | u(?P<short>[0-9a-fA-F]{1,4}) | U(?P<long>[0-9a-fA-F]{1,8})
    | x(?P<byte>[0-9a-fA-F]{1,2}) | (?P<octal>[0-7]{1,3}) | c(?P<control>[^\\]) | (?P<letter>.)
    )""",
    re.VERBOSE | re.DOTALL,
)
_LETTERS = dict(zip(b"abeEfnrtv\\'\"?", b"\a\b\x1b\x1b\f\n\r\t\v\\'\"?", strict=True))


def _ansi(piece: str, at: int) -> str:
    """Between $'…', escapes stand for bytes (`\\xe9`) or for characters (`\\u00e9`)."""
    read = _ESCAPE.sub(_bytes_of, piece[2:-1].encode("utf-8", "surrogateescape"))
    text = read.decode("utf-8", "surrogateescape")
    if "\0" in text:
        raise Mistake("No shell can hand on a NUL character. Put the text into a name, and write {{name}}.").at(at)
    if _count_hidden(text) != _count_hidden(piece):
        # They would pass for a {{…}} that nobody has written.
        raise Mistake("A character from U+E000 to U+E07F has no meaning here. Leave it out.").at(at)
    return text


def _bytes_of(found: re.Match[bytes]) -> bytes:
    kind = str(found.lastgroup)
    value = found[kind]
    if kind == "low":
        # Browsers write two halves for a character that bash would want whole.
        return bytes.fromhex((found["high"] + value).decode()).decode("utf-16-be").encode()
    if kind in ("short", "long"):
        code = int(value, 16)
        return chr(code).encode("utf-8", "surrogatepass") if code < 0x110000 else found[0]
    if kind == "letter":
        return bytes([_LETTERS[value[0]]]) if value[0] in _LETTERS else found[0]
    return bytes([_CODES[kind](value) & 0xFF])


_CODES: dict[str, Callable[[bytes], int]] = {
    "byte": lambda digits: int(digits, 16),
    "octal": lambda digits: int(digits, 8),
    "control": lambda letter: letter.upper()[0] ^ 0x40,
}


def _count_hidden(text: str) -> int:
    return sum(character != typed for character, typed in zip(text, reveal(text), strict=True))


_READ: dict[str, Callable[[str, int], str]] = {
    "single": _without_quotes,
    "ansi": _ansi,
    "double": _double,
    "escaped": lambda piece, _: piece[1:],
    "plain": lambda piece, _: piece,
}


# --- what only a shell can do

# What it is and what to do about it, {got} being what was found; the first that matches counts.
_TEXT_MEANT = "If that very text is meant, put it into '…'."
_EXPANSIONS = {
    r"`(?=[ \t]*\r?\n)": "A ` at the end of a line goes on with it in PowerShell only. Write a \\ there.",
    r"\$\(|`": "{got} would run another command, and nothing is run here. Do that in Python, and write {{{{name}}}} "
    f"for what comes out. {_TEXT_MEANT}",
    r"\$\{?(?P<name>[A-Za-z_]\w*)": "${name} is a variable of a shell, and no shell runs here. Write {{{{{name}}}}}, "
    f"which is filled from the notebook. {_TEXT_MEANT}",
    r"\$[\w{?$!@*#-]": f"{{got}} is a variable of a shell, and no shell runs here. {_TEXT_MEANT}",
}
_OPERATORS = {
    r"[<>]\(": "{got}…) would run another command, and nothing is run here. Write the text to a file in Python.",
    r"<<": "<< would give curl a text to read. Put it into a Python name, and write -d {{{{name}}}}.",
    r"<": "< would give curl a file to read. For a body write -d @FILE.",
    r"\d*>": "{got} would send what curl prints elsewhere. Leave it out; to save the body write -o FILE.",
    r"\|\||&&|;": "{got} begins another command. Leave it out from there on, and paste one command at a time.",
    r"\|": "| would hand the answer to another program, and none is run here. Leave it out from there on: "
    "exchange.json() is the answer's JSON.",
    r"(?<=\S)&(?=\S)": "& ends a command where no quotes are around it. Put them around the URL: 'http://…?a=1&b=2'.",
    r"&": "& would let the command run in the background. Leave it out.",
    r"[()]": "{got} means something to a shell. Put quotes around the text that it is in.",
}
_UNCLOSED = {r"\$?['\"]": "The quote {got} is opened and not closed."}


def _refusal(text: str, at: int) -> Mistake:
    advice = _advice(_UNCLOSED | _EXPANSIONS | _OPERATORS, text, at)
    return (advice or Mistake("This is no command line of bash.")).at(at)


def _advice(table: dict[str, str], text: str, at: int) -> Mistake | None:
    for pattern, advice in table.items():
        found = re.compile(pattern).match(text, at)
        if found:
            return Mistake(advice.format(got=found[0], **found.groupdict()))
    return None


# --- cmd

_CARET = re.compile(
    r"""(?P<quoted>"[^"\r\n]*"?)|\^(?:[ \t]*\r?\n)?(?P<escaped>\r?\n|.)?|(?P<operator>[&|<>])|(?P<end>\r?\n)|.""",
    re.DOTALL,
)
_ARGUMENT = re.compile(r"""\\(?P<escaped>["\\])|(?P<twice>"")|(?P<quote>")|(?P<blank>[ \t\r\n]+)|.""", re.DOTALL)


def _cmd_words(text: str, start: int) -> Iterator[Word]:
    """Two programs read such a line: cmd takes the carets out, and what it starts cuts the rest into words.

    Of two backslashes one is left also where Windows would leave both: browsers write two for each.
    """
    word: str | None = None
    is_quoted = False
    for found in _ARGUMENT.finditer(_without_carets(text, start)):
        if found["blank"] and not is_quoted:
            if word is not None:
                yield Word(word)
            word = None
        elif found["quote"]:
            is_quoted, word = not is_quoted, word or ""
        elif found["twice"]:
            word = (word or "") + ('"' if is_quoted else "")
        else:
            word = (word or "") + (found["escaped"] or found[0])
    if is_quoted:
        raise Mistake('The quote " is opened and not closed.')
    if word is not None:
        yield Word(word)


def _without_carets(text: str, start: int) -> str:
    def plain(found: re.Match[str]) -> str:
        if found["operator"]:
            raise _refusal(text, found.start())
        if found["end"] and text[found.end() :].strip():
            raise _another_cmd_line(found.end())
        return found["escaped"] or "" if found[0].startswith("^") else found[0]

    return "".join(map(plain, _CARET.finditer(text, start)))


def _another_cmd_line(at: int) -> Mistake:
    return Mistake("A new line begins another command. To go on with the one before, end its line with a ^.").at(at)
