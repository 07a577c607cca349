"""A request in the `.http` format of VS Code's REST Client, as httpkit.notebook.http_text reads it.

The format is for people, and some requests cannot be written in it: it trims what stands around a body, takes lines
that begin with # for comments and {{…}} for templates, and has no bytes. A comment then says so, and what file to make.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from httpkit import redact
from httpkit.draft import Draft
from httpkit.headers import is_token
from httpkit.urls import percent_encoded

from .parts import text_of
from .shell import one_line
from .shown import number, shown

# Lines that mean something to one reader of the format or the other: separators and comments, files and scripts.
_MEANING = re.compile(
    r"^(?:\s*(?:#|//|>\s*\{%|\?\?|@[^\s=@]+\s*=|HTTP/\d|[A-Z]+[ \t]+(?:https?://|/|:\d|localhost\b))"
    r"|<(?:@[\w-]*)?[ \t]+\S|<>|>>?!?[ \t])|\{\{"
)
_ELSEWHERE = "./body.bin"


def http(draft: Draft, *, reveal: bool = False) -> str:
    """The request in the `.http` format; its secrets are hidden unless `reveal` is True.

    The session's cookies are left out: whoever runs the text has a session.
    """
    draft = shown(draft.delivered(session=None), reveal=reveal)
    body = _body(draft)
    head = [
        *_settings(draft),
        *_notes(draft, body),
        one_line(f"{draft.method} {draft.url}").replace("{", "%7B").replace("}", "%7D"),
        *(one_line(f"{name}: {value}").rstrip() for name, value in draft.raw_headers if not _is_other(name, value)),
    ]
    if body is None:
        body = f"< {_ELSEWHERE}"
    return "\n".join([*head, *(["", body] if body else [])])


def _settings(draft: Draft) -> Iterator[str]:
    if draft.name:
        yield f"# @name {one_line(draft.name).replace('{', '')}"
    if not draft.delivery.follow:
        yield "# @no-redirect"
    if limit := draft.delivery.idle or draft.delivery.timeout:
        yield f"# @timeout {number(limit)} ms"


def _notes(draft: Draft, body: str | None) -> Iterator[str]:
    if body is None:
        yield f"# This format cannot hold the body ({draft.payload.size} bytes): save it as {_ELSEWHERE}."
    if _is_respelled(draft.url.replace(redact.HIDDEN, "")):
        yield "# Some characters of this URL are percent-encoded by readers of this format."
    for name, value in draft.raw_headers:
        if _is_other(name, value):
            yield f"# This format cannot hold the header {one_line(name).replace('{', '%7B')}: it is left out."
        elif one_line(value) != value:
            yield f"# This format cannot hold the value of {one_line(name)} as it is."


def _is_other(name: str, value: str) -> bool:
    """Whether a line with this header would be no header: a comment, a separator, or a template to be evaluated."""
    return not is_token(name) or name.startswith("#") or "{{" in value


def _is_respelled(url: str) -> bool:
    return percent_encoded(url) != url


# --- the body


def _body(draft: Draft) -> str | None:
    """The body as lines, files among them as `< path`; None where the format has no way to write it."""
    parts = draft.payload.parts
    pieces = [_file(part) if isinstance(part, Path) else text_of(part) for part in parts]
    if None in pieces:
        return None
    files = [_file(part) for part in parts if isinstance(part, Path)]
    body = _with_plain_newlines("".join(filter(None, pieces)), draft)
    return body if body is not None and _is_kept(body, files, draft) else None


def _file(path: Path) -> str:
    return f"< {path}" if path.is_absolute() else f"< ./{path}"


def _with_plain_newlines(text: str, draft: Draft) -> str | None:
    """The lines of a multipart body end in CRLF, the last one too; None where they do not."""
    if not text or not _is(draft, "multipart/"):
        return text
    if not text.endswith("\r\n"):
        return None
    lines = text.removesuffix("\r\n").split("\r\n")
    return None if any("\n" in line for line in lines) else "\n".join(lines)


def _is_kept(body: str, files: list[str], draft: Draft) -> bool:
    """Whether lines stay lines, none at the ends is blank, and the only ones that mean something are the files."""
    if not body:
        return True
    if _is(draft, "application/x-www-form-urlencoded") and not files and body != "".join(body.split()):
        # Lines of a form are joined.
        return False
    lines = body.split("\n")
    are_lines = body.splitlines() == lines and all(line.strip() for line in (lines[0], lines[-1]))
    # What a terminal would obey is not for lines that people look at.
    is_seen = all(line.replace("\t", "").isprintable() for line in lines)
    return are_lines and is_seen and [line for line in lines if _MEANING.search(line)] == files


def _is(draft: Draft, kind: str) -> bool:
    return (draft.header("Content-Type") or "").lower().startswith(kind)
