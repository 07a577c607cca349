"""The options of a line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from httpkit.draft import Delivery, Draft
from httpkit.notebook.items import draft_of, split_line
from httpkit.notebook.mistakes import Mistake
from httpkit.notebook.options import FOR_EVER, Options
from httpkit.notebook.sessions import forget_sessions, session


def parse_line(line: str, names: dict[str, Any] | None = None) -> Draft:
    """The request that a line describes."""
    words, options = split_line(line, names or {})
    return draft_of(words, options, names or {})


def options(line: str) -> Options:
    return split_line(line, {})[1]


def delivery(line: str) -> Delivery:
    return options(line).delivery


def test_they_may_stand_anywhere_and_hold_their_value_in_either_way() -> None:
    words, found = split_line("--follow GET --timeout=5 :3000 --max-redirects 3 a=1", {})
    assert words == ["GET", ":3000", "a=1"]
    assert (found.delivery.follow, found.delivery.idle, found.delivery.max_redirects) == (True, 5000, 3)


def test_short_ones_stand_together() -> None:
    found = options("-fFa ann:pw :3000")
    assert (found.form, found.delivery.follow, found.user) == (True, True, "ann:pw")


def test_what_only_changes_what_httpie_prints_is_taken_and_changes_nothing() -> None:
    words, found = split_line("-v --print=HhBb --pretty all -bS :3000", {})
    assert words == [":3000"]
    assert found.delivery == Delivery()


def test_values_are_filled() -> None:
    assert split_line(":3000 --auth ann:{{word}}", {"word": "pass word"})[1].user == "ann:pass word"


def test_how_a_request_is_sent(tmp_path: Path) -> None:
    pem = tmp_path / "ca.pem"
    pem.write_text("")
    assert delivery("--verify no :1").verify is False
    assert delivery("--verify yes :1").verify is True
    assert delivery(f"--verify {pem} :1").verify == str(pem)
    assert delivery("--cert a.pem :1").cert == ("a.pem", "a.pem")
    assert delivery("--cert a.pem --cert-key b.pem :1").cert == ("a.pem", "b.pem")
    assert delivery("--cert-key b.pem --cert a.pem :1").cert == ("a.pem", "b.pem")
    assert delivery("--proxy localhost:3128 :1").proxy == "http://localhost:3128"
    assert delivery("--proxy http:http://localhost:3128 :1").proxy == "http://localhost:3128"
    assert delivery("--output out.bin :1").download == Path("out.bin")
    assert delivery("--timeout 0 :1").idle == FOR_EVER
    assert delivery(":1") == Delivery()


def test_a_session_is_the_same_under_its_name() -> None:
    try:
        assert delivery("--session ann :1").session is delivery("--session ann :1").session
        assert delivery("--session ann :1").session is not session("bob")
    finally:
        forget_sessions()


@pytest.mark.parametrize(
    ("line", "header"),
    [
        ("--auth ann:pw :1", "Basic YW5uOnB3"),
        ("--auth ann: :1", "Basic YW5uOg=="),
        ("--auth-type bearer --auth tok :1", "Bearer tok"),
        ("-A bearer -a tok :1", "Bearer tok"),
        ("--auth ann:pw :1 Authorization:mine", "mine"),
    ],
)
def test_credentials(line: str, header: str) -> None:
    draft = parse_line(line)
    assert [value for name, value in draft.raw_headers if name == "Authorization"] == [header]


def test_a_body_as_it_is() -> None:
    draft = parse_line(":1 --raw '<a/>' Content-Type:application/xml")
    assert (draft.method, draft.payload.read(), draft.header("Content-Type")) == ("POST", b"<a/>", "application/xml")


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("--folow :1", "--folow is not an option of %http. Did you mean --follow?"),
        ("--zzz :1", "--zzz is not an option of %http. There are: --auth, --auth-type,"),
        ("-Fx :1", "-Fx is not an option of %http."),
        (":1 --session", "--session needs a value: --session NAME."),
        ("--timeout -5 :1", "--timeout needs a number, as in --timeout 60. Got -5."),
        ("--auth ann :1", "--auth has no password. Expected --auth name:password"),
        ("--auth-type digest :1", "--auth-type digest is not known. Expected basic or bearer."),
        (
            "--verify maybe :1",
            "--verify maybe: there is no such file. Expected yes, no, or a PEM file of certificates.",
        ),
        (":1 a=1 --raw b", "There are two bodies: the fields a and --raw. Leave one out."),
    ],
)
def test_mistakes(line: str, message: str) -> None:
    with pytest.raises(Mistake) as caught:
        parse_line(line)
    assert str(caught.value).startswith(message)
    assert "\n" not in str(caught.value)
