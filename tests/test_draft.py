"""Requests that have not been sent yet."""

from __future__ import annotations

import pytest

from httpkit.draft import Delivery, Draft
from httpkit.payload import Payload

DRAFT = Draft("POST", "http://localhost/", (("X-A", "1"), ("x-a", "2"), ("X-B", "3")), Payload(b"body"))


def test_a_draft_needs_only_method_and_url() -> None:
    draft = Draft("GET", "http://localhost/")
    assert (draft.raw_headers, draft.payload, draft.delivery, draft.name) == ((), Payload(), Delivery(), "")


@pytest.mark.parametrize(("name", "value"), [("X-A", "1"), ("x-b", "3"), ("X-C", None)])
def test_a_header_is_found_in_whatever_case(name: str, value: str | None) -> None:
    assert DRAFT.header(name) == value


def test_given_headers_take_the_place_of_those_of_their_name() -> None:
    draft = DRAFT.with_headers([("x-A", "4"), ("X-C", "5"), ("X-C", "6")])
    assert draft.raw_headers == (("X-B", "3"), ("x-A", "4"), ("X-C", "5"), ("X-C", "6"))
    assert DRAFT.with_headers([]) == DRAFT
    # What is given may be used up by one look.
    assert DRAFT.with_headers(iter([("X-B", "7")])).header("x-b") == "7"


def test_defaults_give_way_to_what_is_there() -> None:
    assert DRAFT.with_defaults([("X-C", "5"), ("X-a", "9")]).raw_headers == (("X-C", "5"), *DRAFT.raw_headers)


def test_headers_are_taken_out_in_whatever_case() -> None:
    assert DRAFT.without("x-A", "X-Missing").raw_headers == (("X-B", "3"),)


def test_it_can_be_sent_in_another_way_and_is_else_the_same() -> None:
    draft = DRAFT.delivered(follow=True, timeout=5)
    assert draft.delivery == Delivery(follow=True, timeout=5)
    assert draft.delivered(timeout=0).delivery == Delivery(follow=True)
    assert draft.delivered(follow=False, timeout=0) == DRAFT
    with pytest.raises(TypeError, match="folow"):
        DRAFT.delivered(folow=True)
