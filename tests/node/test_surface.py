"""Everything public that Node's http has, httpkit has: what is left out is named, with the reason."""

from __future__ import annotations

import pytest

from tests.node.surface import OMITTED, PAGE, Member, members, page

FOUND = members()


@pytest.mark.parametrize("member", FOUND, ids=lambda member: f"{member.kind}-{member.path}")
def test_member_is_there(member: Member) -> None:
    assert member.is_there or member.is_left_out or member.is_deprecated


def test_little_is_left_out() -> None:
    assert len(OMITTED) <= 10
    assert {path for paths, _ in OMITTED.values() for path in paths} <= {each.path for each in FOUND}


def test_page_says_what_the_code_says() -> None:
    assert PAGE.read_text() == page(), "write it anew: python -m tests.node.surface"
