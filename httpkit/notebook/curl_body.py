"""The bodies that curl's flags describe: the `-d` family, and the parts of a form (`-F`).

What is a file, a name or a separator is decided before templates are filled: a value cannot become the name of a file.
Source: https://curl.se/docs/manpage.html#-d and #-F
"""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import quote_plus

from .forms import Part
from .mistakes import Mistake
from .paths import path_of
from .templates import Names, fill_names

_AS_IT_IS = ("data-binary", "json")
_DROPPED = re.compile(rb"[\r\n\0]")


def as_bytes(text: str) -> bytes:
    """Text as curl sends it: UTF-8, and bytes that are none as they were written."""
    return text.encode("utf-8", "surrogateescape")


def readable(typed: str, flag: str) -> Path:
    """The file that a flag names. Raises Mistake where it cannot be read."""
    if typed in ("-", "."):
        raise Mistake(
            f"{flag} {typed} is for what is typed at a terminal, and there is none. Give a file or {{{{name}}}}."
        )
    path = path_of(typed)
    try:
        path.open("rb").close()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise Mistake(f"{flag}: {typed} cannot be read: {reason}.") from None
    return path


def data_of(flag: str, typed: str, names: Names) -> bytes | Path:
    """What a flag of the `-d` family adds to the body; a Path is for the bytes of that file. Raises Mistake."""
    if flag == "data-urlencode":
        return as_bytes(urlencoded(typed, names, f"--{flag}"))
    if flag == "data-raw" or not typed.startswith("@"):
        return as_bytes(fill_names(typed, names))
    path = readable(fill_names(typed[1:], names), f"--{flag}")
    return path if flag in _AS_IT_IS else _DROPPED.sub(b"", path.read_bytes())


def urlencoded(typed: str, names: Names, flag: str) -> str:
    """What `content`, `=content`, `name=content`, `@file` and `name@file` stand for. Raises Mistake."""
    name, mark, content = typed.partition("=" if "=" in typed else "@")
    if not mark:
        name, content = "", typed
    name, content = fill_names(name, names), fill_names(content, names)
    encoded = quote_plus(readable(content, flag).read_bytes() if mark == "@" else as_bytes(content))
    return f"{name}={encoded}" if name else encoded


# --- forms

_VALUE = re.compile(r"""\s*(?:"(?P<quoted>(?:[^"\\]|\\.)*)"\s*|(?P<bare>[^;]*))(?P<more>(?:;.*)?)""", re.DOTALL)
_MORE = re.compile(r""";\s*(?P<name>[\w-]+)=(?:"(?P<quoted>(?:[^"\\]|\\.)*)"|(?P<bare>[^;]*))""", re.DOTALL)

# What curl says of a file by its name; of others it says that they are bytes.
_MEDIA_TYPES = {
    ".gif": "image/gif",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain",
    ".htm": "text/html",
    ".html": "text/html",
    ".pdf": "application/pdf",
    ".xml": "application/xml",
}


def part_of(typed: str, names: Names, *, is_string: bool = False) -> Part:
    """The part of a form that `name=value`, `name=@file` or `name=<file` stands for, with `;type=` and `;filename=`.

    Raises Mistake.
    """
    name, equals, value = typed.partition("=")
    if not equals:
        raise Mistake("-F has no =. Expected -F name=value, or -F name=@FILE for a file.")
    name = fill_names(name, names)
    if is_string:
        return Part(name, as_bytes(fill_names(value, names)))
    if value.startswith("("):
        raise Mistake(f"-F {name}=( begins a form within a form, which cannot be done here. Build the body in Python.")
    kind = value[0] if value[:1] in ("@", "<") else ""
    content, filename, media_type = _taken_apart(name, value[len(kind) :], names, is_file=bool(kind))
    if not kind:
        return Part(name, as_bytes(content), filename, media_type)
    path = readable(content, f"-F {name}={kind}")
    if kind == "<":
        return Part(name, path.read_bytes(), filename, media_type)
    known = _MEDIA_TYPES.get(Path(filename or path.name).suffix.lower()) or _MEDIA_TYPES.get(path.suffix.lower())
    return Part(name, path, filename, media_type or known or "application/octet-stream")


def _taken_apart(name: str, typed: str, names: Names, *, is_file: bool) -> tuple[str, str | None, str | None]:
    """The value itself, the file's name and the media type that are given with it."""
    found = _VALUE.fullmatch(typed)
    assert found is not None, "the pattern matches anything"
    if is_file and "," in (found["bare"] or ""):
        raise Mistake(f"-F {name}=@… has several files. Write -F {name}=@FILE once for each.")
    given: dict[str, str] = {}
    rest = 0
    for more in _MORE.finditer(found["more"]):
        if more.start() != rest:
            break
        rest = more.end()
        _note(given, more, name)
    if rest != len(found["more"]):
        raise _stray_semicolon(name)
    values = {key: fill_names(value, names) for key, value in given.items()}
    return fill_names(_unquoted(found), names), values.get("filename"), values.get("type")


def _note(given: dict[str, str], more: re.Match[str], name: str) -> None:
    if more["name"] in ("type", "filename"):
        given[more["name"]] = _unquoted(more)
    elif more["name"] in ("headers", "encoder"):
        raise Mistake(f"-F {name}=…;{more['name']}= cannot be done here. Leave it out, or build the body in Python.")
    elif "type" in given:
        # A parameter of the media type: `;type=text/plain;charset=utf-8`.
        given["type"] += more[0]
    else:
        raise _stray_semicolon(name)


def _stray_semicolon(name: str) -> Mistake:
    return Mistake(
        f"-F {name}=… has a ; which curl cuts the value at. To send it, write --form-string {name}=… or quotes around "
        f"the value: -F '{name}=\"…\"'."
    )


def _unquoted(found: re.Match[str]) -> str:
    if found["quoted"] is not None:
        return re.sub(r'\\(["\\])', r"\1", found["quoted"])
    return found["bare"].rstrip()
