import pytest

from httpkit.errors import NodeError
from httpkit.headers import (
    IncomingHeaders,
    charset_of,
    check_value,
    checked_name,
    header_pairs,
    validateHeaderName,
    validateHeaderValue,
)


@pytest.mark.parametrize(
    ("pairs", "joined"),
    [
        ([("X-A", "1"), ("x-a", "2")], {"x-a": "1, 2"}),
        ([("Content-Type", "a"), ("content-type", "b")], {"content-type": "a"}),
        ([("Set-Cookie", "a"), ("set-cookie", "b")], {"set-cookie": ["a", "b"]}),
        ([("Set-Cookie", "a")], {"set-cookie": ["a"]}),
        ([("Cookie", "a=1"), ("Cookie", "b=2")], {"cookie": "a=1; b=2"}),
        ([("Date", "a"), ("Date", "b")], {"date": "a, b"}),
    ],
)
def test_repeated_headers_are_joined_by_name(pairs: list[tuple[str, str]], joined: dict[str, object]) -> None:
    assert IncomingHeaders.joined(pairs) == joined


def test_first_wins_can_be_turned_off() -> None:
    pairs = [("Age", "1"), ("age", "2")]
    assert IncomingHeaders.joined(pairs)["age"] == "1"
    assert IncomingHeaders.joined(pairs, join_duplicates=True)["age"] == "1, 2"


def test_distinct_keeps_every_value() -> None:
    assert IncomingHeaders.distinct([("Age", "1"), ("age", "2"), ("B", "")]) == {"age": ["1", "2"], "b": [""]}


def test_names_are_found_in_any_case() -> None:
    headers = IncomingHeaders.joined([("Content-Type", "text/html")])
    assert headers["Content-Type"] == headers["content-type"] == headers.get("CONTENT-TYPE") == "text/html"
    assert "Content-Type" in headers
    assert "X" not in headers
    assert headers.get("X", "none") == "none"
    with pytest.raises(KeyError, match="X-Missing"):
        headers["X-Missing"]


@pytest.mark.parametrize("name", ["", "a b", "a:", "é", "a\n", "(", None, 7])
def test_what_is_no_header_name(name: str) -> None:
    with pytest.raises(TypeError) as refused:
        validateHeaderName(name)
    assert isinstance(refused.value, NodeError)
    assert refused.value.code == "ERR_INVALID_HTTP_TOKEN"


def test_header_names_in_lower_case() -> None:
    assert checked_name("X-A_b!") == "x-a_b!"


@pytest.mark.parametrize("value", ["", "a b", "tab\tbed", "caf\xe9", 7, 1.5, True, ["a", "b"], b"raw"])
def test_values_that_may_be_sent(value: object) -> None:
    validateHeaderValue("X", value)


@pytest.mark.parametrize("value", ["a\r\nSet-Cookie: evil=1", "a\nb", "\x00", "\x7f", "€", ["fine", "a\nb"]])
def test_values_that_would_break_out_of_their_line(value: object) -> None:
    with pytest.raises(TypeError) as refused:
        check_value("X", value)
    assert str(refused.value) == 'Invalid character in header content ["X"]'


def test_no_value_at_all() -> None:
    with pytest.raises(NodeError) as refused:
        check_value("X", None)
    assert refused.value.code == "ERR_HTTP_INVALID_HEADER_VALUE"


@pytest.mark.parametrize("headers", [{"A": "1", "B": "2"}, ["A", "1", "B", "2"], [("A", "1"), ["B", "2"]]])
def test_the_three_forms_of_headers(headers: object) -> None:
    assert header_pairs(headers) == [("A", "1"), ("B", "2")]


def test_a_flat_list_of_headers_has_pairs() -> None:
    with pytest.raises(NodeError) as refused:
        header_pairs(["A", "1", "B"])
    assert refused.value.code == "ERR_INVALID_ARG_VALUE"


@pytest.mark.parametrize(
    ("content_type", "charset"),
    [
        (None, "utf-8"),
        ("text/html", "utf-8"),
        ("text/html; charset=ISO-8859-1", "iso8859-1"),
        ('text/html; Charset="utf-8"', "utf-8"),
        ("text/html; charset=no-such-thing", "utf-8"),
    ],
)
def test_charset(content_type: str | None, charset: str) -> None:
    assert charset_of(content_type) == charset
