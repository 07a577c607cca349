"""What each status means, and finding it."""

from __future__ import annotations

import pytest

from httpkit.constants import STATUS_CODES
from httpkit.notebook.specs import spec_url
from httpkit.notebook.statuses import STATUSES, Status, Statuses, find_status, status_of


def codes(query: str) -> list[int]:
    found = find_status(query)
    return [found.code] if isinstance(found, Status) else [status.code for status in found]


def test_every_code_of_node_is_explained() -> None:
    assert list(STATUSES) == list(STATUS_CODES)


@pytest.mark.parametrize("status", STATUSES.values(), ids=lambda status: str(status.code))
def test_an_explanation_is_whole(status: Status) -> None:
    assert status.reason == STATUS_CODES[status.code]
    assert status.meaning
    assert not status.meaning.endswith(".")
    assert len(status.meaning) <= 70
    assert status.sent.endswith((".", ".)"))
    assert status.advice.endswith((".", ".)", "`."))
    for text in (status.meaning, status.sent, status.advice):
        assert text.count("`") % 2 == 0
    assert (spec_url(status.spec) is None) == (status.code == 509)


# RFC 9110 section 15 numbers its codes in order, without gaps: 306 and 418 are there as unused.
RFC_9110 = {
    (100, "15.2"): (100, 101),
    (200, "15.3"): (200, 201, 202, 203, 204, 205, 206),
    (300, "15.4"): (300, 301, 302, 303, 304, 305, 306, 307, 308),
    (400, "15.5"): (*range(400, 418), 418, 421, 422, 426),
    (500, "15.6"): (500, 501, 502, 503, 504, 505),
}


def test_sections_of_rfc_9110() -> None:
    sections = {
        code: f"RFC 9110 §{section}.{number}"
        for (_, section), members in RFC_9110.items()
        for number, code in enumerate(members, 1)
        if code not in (306, 418)
    }
    assert {status.code: status.spec for status in STATUSES.values() if "9110" in status.spec} == sections


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("404", [404]),
        ("4xx", [code for code in STATUS_CODES if code // 100 == 4]),
        ("5XX", [code for code in STATUS_CODES if code // 100 == 5]),
        ("", list(STATUS_CODES)),
        ("  418  ", [418]),
        ("teapot", [418]),
        ("Not Found", [404]),
        ("redirect", [301, 302, 303, 307, 308]),
        ("too many", [429]),
        ("rate limit", [429]),
        ("gateway", [502, 504]),
        ("ok", [200]),
    ],
)
def test_finding(query: str, expected: list[int]) -> None:
    assert codes(query) == expected


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("frobnicate", "No status is about “frobnicate”: expected a code (404), a class (4xx) or words"),
        ("99", "99 is not a status code: expected three digits"),
        ("4040", "4040 is not a status code: expected three digits"),
        ("7xx", "There is no class 7xx: expected 1xx, 2xx, 3xx, 4xx or 5xx."),
    ],
)
def test_not_finding_says_what_was_expected(query: str, message: str) -> None:
    with pytest.raises(LookupError) as caught:
        find_status(query)
    assert message in str(caught.value.args[0])


@pytest.mark.parametrize(
    ("code", "like"), [(199, "100"), (299, "200 OK"), (499, "400 Bad Request"), (799, "500 Inter")]
)
def test_an_undefined_code_is_treated_as_the_first_of_its_class(code: int, like: str) -> None:
    assert f"clients treat it as {like}" in status_of(code).meaning
    assert status_of(code).reason == ""


def test_the_class_of_a_code() -> None:
    assert [status_of(code).group for code in (101, 299, 404, 599, 600, 999)] == [1, 2, 4, 5, 0, 0]


def test_a_search_may_find_several() -> None:
    assert isinstance(find_status("redirect"), Statuses)
