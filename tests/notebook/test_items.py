"""HTTPie's items: what a line asks for."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from httpkit.draft import Draft
from httpkit.notebook.items import draft_of, split_line
from httpkit.notebook.mistakes import Mistake

JSON = [("Accept", "application/json, */*;q=0.5"), ("Content-Type", "application/json")]


def parse_line(line: str, names: dict[str, Any] | None = None) -> Draft:
    """The request that a line describes."""
    words, options = split_line(line, names or {})
    return draft_of(words, options, names or {})


@pytest.mark.parametrize(
    ("line", "method", "url"),
    [
        (":3000/a", "GET", "http://localhost:3000/a"),
        ("3000", "GET", "http://localhost:3000"),
        ("GET :3000/a", "GET", "http://localhost:3000/a"),
        ("delete localhost:3000", "DELETE", "http://localhost:3000"),
        ("M-SEARCH :3000", "M-SEARCH", "http://localhost:3000"),
        (":3000 name=Ann", "POST", "http://localhost:3000"),
        ("PUT :3000 name=Ann", "PUT", "http://localhost:3000"),
        ("GET :3000 name=Ann", "GET", "http://localhost:3000"),
        (":3000 q==1", "GET", "http://localhost:3000?q=1"),
        (":3000/a?b=1 q=='two words'", "GET", "http://localhost:3000/a?b=1&q=two+words"),
        ("localhost q==1", "GET", "http://localhost?q=1"),
        ("https :3000/a", "GET", "https://localhost:3000/a"),
        ("$ https PUT example.com a=1", "PUT", "https://example.com"),
        ("https http://h/", "GET", "http://h/"),
        ("$ http :3000", "GET", "http://localhost:3000"),
    ],
)
def test_method_and_url(line: str, method: str, url: str) -> None:
    draft = parse_line(line)
    assert (draft.method, draft.url) == (method, url)


@pytest.mark.parametrize(
    ("items", "body"),
    [
        ("name=Ann", {"name": "Ann"}),
        ("name='Ann Lee' note=\"it's\"", {"name": "Ann Lee", "note": "it's"}),
        ("age:=30 on:=true none:=null", {"age": 30, "on": True, "none": None}),
        ('tags:=\'["a", {"b": 1}]\'', {"tags": ["a", {"b": 1}]}),
        ("url=http://h/?a==b", {"url": "http://h/?a==b"}),
        ("time=12:30", {"time": "12:30"}),
        ("mail=ann@example.com", {"mail": "ann@example.com"}),
        ("empty=", {"empty": ""}),
        (r"'a\:b=c'", {"a:b": "c"}),
        (r"'a\=b:=1'", {"a=b": 1}),
        ("grüße=日本", {"grüße": "日本"}),
        ("a;b=1", {"a;b": "1"}),
    ],
)
def test_json_fields(items: str, body: object) -> None:
    draft = parse_line(f":3000 {items}")
    assert json.loads(draft.payload.read()) == body
    assert draft.raw_headers == tuple(JSON)


@pytest.mark.parametrize(
    ("items", "headers"),
    [
        ("X-Token:abc", [("Accept", "*/*"), ("X-Token", "abc")]),
        ("Accept:text/html", [("Accept", "text/html")]),
        ("Accept:", []),
        ("X-Empty;", [("Accept", "*/*"), ("X-Empty", "")]),
        ("If-None-Match:'\"a\"'", [("Accept", "*/*"), ("If-None-Match", '"a"')]),
        ("Referer:http://h/?a=b", [("Accept", "*/*"), ("Referer", "http://h/?a=b")]),
        ("a=1 content-type:application/x+json", [JSON[0], ("content-type", "application/x+json")]),
        ("Cookie:a=1;b=2", [("Accept", "*/*"), ("Cookie", "a=1;b=2")]),
    ],
)
def test_headers(items: str, headers: list[tuple[str, str]]) -> None:
    assert parse_line(f":3000 {items}").raw_headers == tuple(headers)


def test_files(tmp_path: Path) -> None:
    text, data = tmp_path / "a.txt", tmp_path / "b.json"
    text.write_text("hello\n")
    data.write_text("[1]")
    assert json.loads(parse_line(f":3000 note=@{text} list:=@{data}").payload.read()) == {
        "note": "hello\n",
        "list": [1],
    }
    assert parse_line(f":3000 q==@{text}").url == "http://localhost:3000?q=hello%0A"
    whole = parse_line(f"PUT :3000 @{text}")
    assert (whole.method, whole.payload.read(), whole.payload.paths) == ("PUT", b"hello\n", (text,))
    assert whole.raw_headers == (("Accept", "*/*"), ("Content-Type", "text/plain"))


def test_a_file_alone_makes_a_post(tmp_path: Path) -> None:
    (tmp_path / "empty.bin").write_bytes(b"")
    assert parse_line(f":3000 @{tmp_path / 'empty.bin'}").method == "POST"


def test_timeout() -> None:
    assert parse_line(":3000").delivery.idle == 0
    assert parse_line("--timeout 1.5 GET :3000 a==1").delivery.idle == 1500


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("", "%http has no URL. Expected %http [METHOD] URL"),
        ("GET", "GET has no URL"),
        ("GTE :3000", "GTE is not a method. Did you mean GET?"),
        ("XYZZY :3000", "XYZZY is not a method. Expected GET, POST, PUT, DELETE, …"),
        (":3000 name", "“name” is not an item. Expected name=text, name:=json, name==query, Header:text or @file."),
        (":3000 =Ann", "“=Ann” has no name before =. Expected something like name=value."),
        (
            ":3000 age:=thirty",
            "age:= is not followed by JSON (Expecting value: line 1 column 1 (char 0)). For a string write",
        ),
        (":3000 tags:=[1", "Quote it: name:='[1, 2]'."),
        (":3000 a=1 a=2", "a is given twice, and there is place for one. For a list write a:='[…]' or a[]=…."),
        (":3000 name='Ann", "A quote is opened and not closed."),
        (":3000 @/no/such/file", "/no/such/file cannot be read: No such file or directory."),
        (":3000 a=@/no/such/file", "/no/such/file cannot be read"),
        (":3000 photo@a.png", "photo@a.png uploads a file in a form: add --form."),
        (":3000 a=1 @b.txt", "There are two bodies: the fields a and the file b.txt."),
        (
            ":3000 --session ./ann.json",
            "--session ./ann.json looks like a file, and sessions last as long as the kernel",
        ),
        (":{port}/x", "A name of the notebook goes in two braces: {{name}}."),
        (":3000 --timeout soon", "--timeout needs a number, as in --timeout 60. Got soon."),
        (":3000 --timeout", "--timeout needs a value: --timeout SECONDS."),
        ("ftp://host/", "ftp:// is not supported"),
    ],
)
def test_mistakes_say_what_was_got_and_what_to_do(line: str, message: str) -> None:
    with pytest.raises(Mistake) as caught:
        parse_line(line)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


NAMES = {"token": "a b'c", "people": [{"name": "Ann"}], "page": 2, "path": "x/y"}


def test_templates_are_python_expressions_of_the_notebook() -> None:
    draft = parse_line(
        'POST :3000/{{path}} "X-Token:Bearer {{token}}" page=={{page + 1}} who={{people[0]["name"]}} all:={{people}} '
        "{{'a' + 'b'}}=1",
        NAMES,
    )
    assert draft.url == "http://localhost:3000/x/y?page=3"
    assert draft.raw_headers[-1] == ("X-Token", "Bearer a b'c")
    assert json.loads(draft.payload.read()) == {"who": "Ann", "all": NAMES["people"], "ab": "1"}


def test_what_looks_like_a_template_inside_a_value_is_not_filled_again() -> None:
    assert json.loads(parse_line(":3000 a={{text}}", {"text": "{{token}}"}).payload.read()) == {"a": "{{token}}"}


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (":3000 a={{nobody}}", "{{nobody}} has no value (NameError: name 'nobody' is not defined)."),
        (":3000/{{1 / 0}}", "{{1 / 0}} has no value (ZeroDivisionError: division by zero)."),
        (":3000 {{token}}", "“{{token}}” is not an item."),
        (":3000 a:={{object}}", "The field a cannot be sent as JSON (Object of type type is not JSON serializable)."),
    ],
)
def test_templates_without_a_value(line: str, message: str) -> None:
    with pytest.raises(Mistake) as caught:
        parse_line(line, NAMES)
    assert message in str(caught.value)


def test_forms() -> None:
    form = parse_line("--form :3000 a=1 a=2 n:=3 'b=x y'")
    assert form.payload.read() == b"a=1&a=2&n=3&b=x+y"
    assert form.header("Content-Type") == "application/x-www-form-urlencoded; charset=utf-8"


def test_uploads(tmp_path: Path) -> None:
    photo = tmp_path / "a.png"
    photo.write_bytes(b"\x89PNG")
    form = parse_line(f"-f :3000 who=Ann photo@{photo} again@'{photo};type=x/y'")
    boundary = (form.header("Content-Type") or "").partition("boundary=")[2]
    assert form.payload.paths == (photo, photo)
    assert form.payload.read().decode("latin-1") == (
        f'--{boundary}\r\nContent-Disposition: form-data; name="who"\r\n\r\nAnn\r\n'
        f'--{boundary}\r\nContent-Disposition: form-data; name="photo"; filename="a.png"\r\n'
        f"Content-Type: image/png\r\n\r\n\x89PNG\r\n"
        f'--{boundary}\r\nContent-Disposition: form-data; name="again"; filename="a.png"\r\n'
        f"Content-Type: x/y\r\n\r\n\x89PNG\r\n--{boundary}--\r\n"
    )
    assert "multipart" in (parse_line("--multipart :3000 a=1").header("Content-Type") or "")


def test_headers_from_files(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("abc\n")
    assert parse_line(f":3000 X-Token:@{tmp_path / 'token'}").header("X-Token") == "abc"


def test_a_header_that_was_not_quoted_is_told_so() -> None:
    with pytest.raises(Mistake, match='Did you mean "Accept: text/html"\\? What has spaces stands in quotes'):
        draft_of(*split_line(":3000 Accept: text/html", {}), {})
