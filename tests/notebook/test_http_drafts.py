"""From texts to drafts: what a request says beside its URL, headers and body. (Those are in test_http_corpus.py.)"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from httpkit import redact
from httpkit.draft import Delivery, Draft
from httpkit.notebook.http_drafts import FileVariables, draft_of
from httpkit.notebook.http_reader import parse_http
from httpkit.notebook.mistakes import Mistake
from httpkit.session import Session


def draft(source: str, names: dict[str, Any] | None = None, folder: Path | None = None) -> Draft:
    text = parse_http(source, "it")
    (request,) = text.requests
    return draft_of(text, request, names or {}, folder or Path.cwd(), Delivery(follow=True, session=Session()))


# --- how it is sent


@pytest.mark.parametrize(
    ("settings", "follow", "remembers", "idle"),
    [
        ("", True, True, 0),
        ("# @no-redirect", False, True, 0),
        ("# @no-cookie-jar", True, False, 0),
        ("# @timeout 5", True, True, 5000),
        ("# @timeout 1.5 s", True, True, 1500),
        ("# @timeout 250 ms", True, True, 250),
        ("// @timeout 2m\n# @no-redirect\n# @no-cookie-jar", False, False, 120_000),
    ],
)
def test_settings(settings: str, follow: bool, remembers: bool, idle: float) -> None:
    delivery = draft(f"{settings}\nGET :1").delivery
    assert (delivery.follow, delivery.session is not None, delivery.idle) == (follow, remembers, idle)


# --- variables of the text


def test_variables_are_worked_out_when_they_are_asked_for() -> None:
    text = parse_http("@a = {{b}}{{b}}\n@b = <{{c}}>\n@d = {{nowhere}}\n@e = \\n\\t{{c}}\\\\ \\q")
    names: dict[str, Any] = {"c": 1}
    variables = FileVariables(text, names, Path())
    assert variables["a"] == "<1><1>"
    names["c"] = "\\n"
    # For one request a variable is one value; for the next it may be another.
    assert variables["b"] == "<1>"
    variables = FileVariables(text, names, Path())
    # What a template is worth has no backslashes that mean something.
    assert variables["b"] == "<\\n>"
    assert variables["e"] == "\n\t\\n\\ q"
    assert list(variables) == ["a", "b", "d", "e"]
    assert len(variables) == 4
    assert "d" in variables
    assert "c" not in variables
    with pytest.raises(Mistake, match="Line 3, column 6 of the text: {{nowhere}} has no value"):
        variables["d"]
    with pytest.raises(KeyError):
        variables["c"]


def test_a_circle_can_be_tried_again() -> None:
    variables = FileVariables(parse_http("@a = {{a}}"), {}, Path())
    for _ in range(2):
        with pytest.raises(Mistake, match="@a is made of itself: a → a"):
            variables["a"]


def test_a_version_in_a_variable() -> None:
    assert draft("GET http://h/a {{http}}", {"http": "HTTP/1.1"}).url == "http://h/a"


def test_a_line_end_in_a_value_stays_one() -> None:
    assert draft("GET http://h/?a={{a}}", {"a": "b\nc"}).url == "http://h/?a=b%0Ac"


def test_a_password_is_a_secret() -> None:
    draft("GET :1\nAuthorization: Basic ann:my-own-passw0rd")
    assert "my-own-passw0rd" not in redact.text("it was my-own-passw0rd")


# --- bodies


def test_files_are_read_from_the_folder_of_the_text(tmp_path: Path) -> None:
    (tmp_path / "a.bin").write_bytes(b"\r\n\x00")
    made = draft("POST :1\n\n< ./a.bin", folder=tmp_path)
    assert (made.payload.read(), made.payload.paths) == (b"\r\n\x00", (tmp_path / "a.bin",))
    assert draft(f"POST :1\n\n< {tmp_path / 'a.bin'}").payload.read() == b"\r\n\x00"


def test_line_ends_of_a_file_that_is_filled_in_stay(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"{{a}}\r\n{{a}}\r")
    assert draft("POST :1\n\n<@ a.txt", {"a": 1}, tmp_path).payload.read() == b"1\r\n1\r"


def test_a_form_of_files_and_comments(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"b=2")
    source = "POST :1\nContent-Type: application/x-www-form-urlencoded\n\na=1&\n# c\n< a.txt\n&c=3"
    assert draft(source, folder=tmp_path).payload.read() == b"a=1&b=2&c=3"


GRAPHQL = "POST :1\nX-Request-Type: GraphQL\n\n"


@pytest.mark.parametrize(
    ("text", "query", "operation", "variables"),
    [
        ("{ a }", "{ a }", None, {}),
        ('query B($c: Int)\n\n{\n  a\n}\n\n{"c": 1}', "query B($c: Int)\n\n{\n  a\n}", "B", {"c": 1}),
        ("query C { a }\n \n{}", "query C { a }", "C", {}),
        ('{ a(q: "mutation it") }', '{ a(q: "mutation it") }', None, {}),
        ('query { a }\n\n{"a": [\n\n{"b": 1}]}', "query { a }", None, {"a": [{"b": 1}]}),
        ("fragment F on G { a }\n\nquery D { ...F }", "fragment F on G { a }\n\nquery D { ...F }", "D", {}),
        ("", "", None, {}),
    ],
)
def test_graphql(text: str, query: str, operation: str | None, variables: object) -> None:
    made = draft(GRAPHQL + text)
    assert json.loads(made.payload.read()) == {"query": query, "operationName": operation, "variables": variables}
    assert made.raw_headers == (("Content-Type", "application/json"),)


# --- mistakes


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("# @timeout -1\nGET :1", "Line 2, column 1 of it: @timeout -1 is no time. Expected something like 5, 5 s"),
        ("GET :1\n\n< no.bin", "Line 3, column 3 of it: {folder}/no.bin cannot be read: No such file or directory."),
        ("GET :1\n\n<@   no.bin", "Line 3, column 6 of it: {folder}/no.bin cannot be read: No such file"),
        ("GET :1\n\n< .", "Line 3, column 3 of it: {folder} cannot be read: Is a directory."),
        ("GET :1\n\n< a\0b", "Line 3, column 3 of it: {folder}/a␀b cannot be read: embedded null byte."),
        ("GET :1\n\n<@ bytes", "Line 3, column 4 of it: {folder}/bytes cannot be read: 'utf-8' codec can't decode"),
        (
            "GET :1\n\n<@hex bytes",
            "Line 3, column 7 of it: {folder}/bytes cannot be read: 'hex' is not a text",
        ),
        ("GET :1\n\n<@ filled", "Line 2, column 3 of {folder}/filled: {{nobody}} has no value"),
        ("GET :1\n\n<@ private", "Line 1, column 2 of {folder}/private: Character U+E000 cannot stand in a request"),
        ("GET http://[", "Line 1, column 5 of it: http://[ is not a URL."),
        ("GET :1/\ud800", "Line 1, column 1 of it: This cannot be sent as text ('utf-8' codec can't encode"),
        (GRAPHQL + "< bytes", "Line 1, column 1 of it: This cannot be sent as text ('utf-8' codec can't decode"),
        (GRAPHQL + "{a}\n\n{1}", "Line 1, column 1 of it: The variables behind the query are not JSON ("),
        ("GET :1\nAuthorization: Cognito a b c", "Line 2, column 16 of it: Cognito credentials are not made here."),
        ("GET :1\n{{a}}\n", "Line 2, column 1 of it: {{a}} has no value (NameError: name 'a' is not defined"),
        ("GET :1\nA: {{ 1/0 }}\n", "Line 2, column 4 of it: {{1/0}} has no value (ZeroDivisionError: "),
        ("GET {{ x.y }}/\n", "Line 1, column 5 of it: {{x.y}} has no value (NameError: name 'x' is not defined"),
    ],
)
def test_mistakes(source: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "bytes").write_bytes(b"\xff")
    (tmp_path / "filled").write_text("a\nb {{nobody}}")
    (tmp_path / "private").write_text("a\ue000")
    with pytest.raises(Mistake) as raised:
        draft(source, folder=tmp_path)
    assert str(raised.value).startswith(message.replace("{folder}", str(tmp_path)))


def test_pointers() -> None:
    with pytest.raises(Mistake) as raised:
        draft('POST :1\n\n{\n\t"a": "{{ nobody }}"\n}')
    assert str(raised.value).splitlines()[1:] == [' "a": "{{ nobody }}"', "       ^"]


def test_variables_that_would_never_end_are_refused() -> None:
    doubling = "@a0 = aaaaaaaa\n" + "".join(f"@a{at} = {{{{a{at - 1}}}}}{{{{a{at - 1}}}}}\n" for at in range(1, 40))
    with pytest.raises(Mistake, match="has more than 1,000,000 characters"):
        FileVariables(parse_http(doubling), {}, Path())["a39"]
    deep = "@a0 = a\n" + "".join(f"@a{at} = {{{{a{at - 1}}}}}\n" for at in range(1, 3_000))
    with pytest.raises(Mistake, match="is made of too many others"):
        FileVariables(parse_http(deep), {}, Path())["a2999"]
