"""Every file of http_files/ means what http_expected.py says."""

from __future__ import annotations

from collections import ChainMap

import pytest

from httpkit.draft import Delivery
from httpkit.notebook.http_drafts import FileVariables, draft_of
from httpkit.notebook.http_reader import parse_http
from httpkit.notebook.http_text import FileText, HttpText, RequestText
from httpkit.notebook.mistakes import Mistake
from httpkit.notebook.templates import Names, reveal

from .http_expected import EXPECTED, FILES, NAMES, Error, R

CASES = [(name, number) for name, expected in EXPECTED.items() for number in range(len(expected.requests))]


def parsed(name: str) -> HttpText:
    return parse_http((FILES / f"{name}.http").read_bytes().decode(), f"{name}.http")


def test_every_file_has_expectations() -> None:
    assert {str(path.relative_to(FILES).with_suffix("")) for path in FILES.rglob("*.http")} == set(EXPECTED)


@pytest.mark.parametrize("name", EXPECTED)
def test_requests_variables_and_notes(name: str) -> None:
    text, expected = parsed(name), EXPECTED[name]
    assert [each.title for each in text.requests] == [each.title for each in expected.requests]
    assert {key: reveal(value.text) for key, value in text.variables.items()} == expected.variables
    assert [note.line for note in text.notes] == [line for line, _ in expected.notes]
    for note, (_, message) in zip(text.notes, expected.notes, strict=True):
        assert note.message.startswith(message)


@pytest.mark.parametrize(("name", "number"), CASES)
def test_request(name: str, number: int) -> None:
    text, expected = parsed(name), EXPECTED[name].requests[number]
    request = text.requests[number]
    if not expected.line:
        assert request.fault is not None
        check_mistake(request.fault, text, expected.error)
        return
    assert request.fault is None
    assert described(request) == R(
        expected.line,
        expected.headers,
        expected.pieces,
        expected.title,
        expected.name,
        expected.settings,
        prompts=expected.prompts,
    )


def described(request: RequestText) -> R:
    url = "".join(line.text.strip() for line in request.url.lines)
    return R(
        reveal(f"{request.method} {url}"),
        reveal(" ".join(name.text for name, _ in request.headers)),
        "".join("t" if not isinstance(piece, FileText) else "v" if piece.filled else "f" for piece in request.body),
        request.title,
        request.name,
        request.settings,
        prompts=tuple((prompt.name, prompt.description) for prompt in request.prompts),
    )


@pytest.mark.parametrize(
    ("name", "number"),
    [(name, number) for name, number in CASES if EXPECTED[name].requests[number].sent is not None],
)
def test_draft(name: str, number: int) -> None:
    text, sent = parsed(name), EXPECTED[name].requests[number].sent
    assert sent is not None
    request = text.requests[number]
    draft = draft_of(text, request, names_of(text), FILES, Delivery())
    assert (draft.url, draft.raw_headers, draft.payload.read()) == (sent.url, sent.headers, sent.body)
    assert (draft.method, draft.name) == (sent.method or request.method, request.name)


@pytest.mark.parametrize(
    ("name", "number"),
    [(name, number) for name, number in CASES if EXPECTED[name].requests[number].error is not None],
)
def test_mistake(name: str, number: int) -> None:
    text = parsed(name)
    with pytest.raises(Mistake) as raised:
        draft_of(text, text.requests[number], names_of(text), FILES, Delivery())
    check_mistake(raised.value, text, EXPECTED[name].requests[number].error)


def names_of(text: HttpText) -> Names:
    """The names that count in a text: its own variables, then the notebook's."""
    return ChainMap(FileVariables(text, NAMES, FILES), NAMES)  # type: ignore[arg-type]  # nothing is written to it


def check_mistake(mistake: Mistake, text: HttpText, error: Error | None) -> None:
    """The message, the line it is about, and a pointer to the column."""
    assert error is not None
    message, line, pointer = str(mistake).rsplit("\n", 2)
    assert message.startswith(f"Line {error.line}, column {error.column} of {text.where}: {error.message}")
    written = text.lines[error.line - 1].expandtabs(1)
    if written.startswith("Authorization:"):
        # Of a secret header only what kind it is is quoted, and its templates.
        assert "secret" not in line
        assert line.partition(":")[0] == "Authorization"
    else:
        assert line == written
    assert pointer == " " * (error.column - 1) + "^"
