"""Reading the `.http` format: what stands where. (What whole files mean is in test_http_corpus.py.)"""

from __future__ import annotations

import pytest

from httpkit.notebook.http_reader import parse_http
from httpkit.notebook.http_text import FileText, HttpText, RequestText, Text
from httpkit.notebook.templates import reveal


def only(source: str) -> RequestText:
    (request,) = parse_http(source).requests
    return request


def body(request: RequestText) -> str:
    return "|".join(reveal(each.path.text if isinstance(each, FileText) else each.text) for each in request.body)


def notes(text: HttpText) -> list[tuple[int, str]]:
    return [(note.line, note.message) for note in text.notes]


# --- places


def test_everything_has_its_place() -> None:
    text = parse_http("@x = 1\n###\nPUT  http://h/{{x}}\n  &a=1\nA:  b\n\n12\n< f.bin\n34", "a cell", first_line=2)
    request = text.requests[0]
    assert text.variables["x"] == Text("1", 2, 6)
    assert request.line == 4
    assert request.url[1:] == (4, 6)
    assert request.url.place(request.url.text.index("&")) == (5, 3)
    assert [(name[1:], value[1:]) for name, value in request.headers] == [((6, 1), (6, 5))]
    first, file, last = request.body
    assert first == Text("12", 8, 1)
    assert file == FileText(Text("f.bin", 9, 3), False, "")
    assert last == Text("34", 10, 1)


def test_lines_of_a_piece() -> None:
    piece = Text("ab\ncd\n\nef", 3, 7)
    assert piece.lines == [Text("ab", 3, 7), Text("cd", 4, 1), Text("", 5, 1), Text("ef", 6, 1)]
    assert [piece.place(at) for at in (0, 1, 3, 4, 6, 7)] == [(3, 7), (3, 8), (4, 1), (4, 2), (5, 1), (6, 1)]


def test_lines_that_follow_each_other_are_one_piece() -> None:
    request = only("POST http://h/\n\na\n\nb\n# gone\nc\n< f\n<@ g\nd")
    assert body(request) == "a\n\nb|c|f|g|d"
    assert [each.line for each in request.body if isinstance(each, Text)] == [3, 7, 10]


def test_names_and_titles() -> None:
    text = parse_http("### One\nGET :1\n###\n# @name two\nGET :2\n###\nGET :3")
    assert [request.called for request in text.requests] == ["One", "two", "the request in line 7"]
    assert text.named("One") == text.requests[:1]
    assert text.named("two") == text.requests[1:2]
    assert text.named("three") == []


def test_header_of_a_request() -> None:
    request = only("GET :1\ncontent-TYPE: a/b\nContent-Type: c/d")
    assert request.header("Content-Type") == "a/b"
    assert request.header("Accept") == ""


# --- what belongs to whom


def test_settings_above_a_request_without_hashes_are_its_own() -> None:
    text = parse_http("# @name a\nGET :1\n\n# @name b\n\n# @no-redirect\n@v = 1\nGET :2\n\n# @name c")
    assert [(request.name, request.settings) for request in text.requests] == [("a", {}), ("c", {"no-redirect": ""})]
    assert set(text.variables) == {"v"}
    assert notes(text) == [(8, "A request begins here without a ### before it.")]


@pytest.mark.parametrize("kind", ["text/plain", "application/yaml", "multipart/mixed; boundary=b", "message/http"])
def test_a_line_like_a_request_in_such_a_body_is_none(kind: str) -> None:
    text = parse_http(f"POST :1\nContent-Type: {kind}\n\nGET http://h/\nHTTP/1.1 200 OK")
    assert [body(request) for request in text.requests] == ["GET http://h/\nHTTP/1.1 200 OK"]
    assert notes(text) == []


@pytest.mark.parametrize(
    "line",
    ["GET is a word", "get http://h/", "  GET http://h/", '"GET http://h/"', "GET", "FETCH http://h/", "Get http://h/"],
)
def test_a_line_of_a_body_that_is_no_request(line: str) -> None:
    assert body(only(f"POST :1\n\na\n{line}")) == f"a\n{line}"


@pytest.mark.parametrize("source", ["@a = 1", "# a comment", "\n\n", "", "###", "### a\n### b", "# @name x\n@y = 1"])
def test_no_request_and_no_mistake(source: str) -> None:
    assert parse_http(source).requests == []


@pytest.mark.parametrize(
    ("source", "variables"),
    [
        ("GET :1\n\n@a = 1", {"a": "1"}),
        ("GET :1\n@a = 1\nX: 1", {"a": "1"}),
        ("POST :1\n\nx\n\n@a = 1\n\n@b = 2\n", {"a": "1", "b": "2"}),
        ("@a = 1\n@a = 2", {"a": "2"}),
    ],
)
def test_variables(source: str, variables: dict[str, str]) -> None:
    text = parse_http(source)
    assert {name: value.text for name, value in text.variables.items()} == variables
    assert all(body(request) in ("", "x") for request in text.requests)


def test_what_follows_a_body_at_once_belongs_to_it() -> None:
    assert body(only("POST :1\n\nx\n@a = 1")) == "x\n@a = 1"


def test_a_script_that_never_ends() -> None:
    text = parse_http("POST :1\n\na\n> {% one\ntwo\n###\nGET :2")
    assert [body(request) for request in text.requests] == ["a", ""]


@pytest.mark.parametrize("line", ["{{name", "{{ name", "{{a}} {{b", "a {{"])
def test_braces_that_are_no_script(line: str) -> None:
    text = parse_http(f"POST :1\n\n{line}\nmore")
    assert notes(text) == []
    assert body(text.requests[0]) == f"{line}\nmore"


# --- hostile texts


@pytest.mark.parametrize("first_line", [1, 2])
def test_one_request_that_cannot_be_read_is_nobody_elses(first_line: int) -> None:
    text = parse_http("GET :1\n###\nwhat is this?\n###\nGET :2", "the cell", first_line)
    assert [request.fault is None for request in text.requests] == [True, False, True]
    assert str(text.requests[1].fault).splitlines()[1:] == ["what is this?", "^"]
    assert str(text.requests[1].fault).startswith(f"Line {first_line + 2}, column 1 of the cell: ")


@pytest.mark.parametrize(
    "source",
    [
        "GET http://h/" + " " * 200_000 + "x",
        "GET http://h/\nA" + " " * 200_000 + "b",
        "GET http://h/\n" + " a\n" * 60_000,
        "GET http://h/\nA: b\n" + " c\n" * 60_000,
        "POST http://h/\n\n" + "a\n" * 60_000,
        "POST http://h/\n\na" + "\n" * 200_000 + "b",
        "GET :1\n" * 30_000,
        "###\nx y\n" * 20_000,
        "a-" * 100_000,
        "@a" + " " * 200_000 + "b",
        "GET http://h" + " HTTP/1" * 30_000 + "x",
    ],
    ids=range(11),
)
@pytest.mark.timeout(20)
def test_long_texts_do_not_take_forever(source: str) -> None:
    # What is quadratic takes minutes for these.
    assert parse_http(source).requests
