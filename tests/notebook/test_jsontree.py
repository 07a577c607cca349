"""JSON is shown as it was spelt."""

from __future__ import annotations

import pytest

from httpkit.notebook import jsontree

from .test_html import Tags


@pytest.mark.parametrize(
    ("text", "outline"),
    [
        ("1.50e3", "1.50e3"),
        ("10000000000000000000000001", "10000000000000000000000001"),
        ("[NaN, null, true]", "[\n  NaN,\n  null,\n  true\n]"),
        ('{"a": 1, "a": {"b": []}}', '{\n  "a": 1,\n  "a": {\n    "b": []\n  }\n}'),
        ('"gr\\u00fc\\u00dfe"', '"grüße"'),
        ("{}", "{}"),
    ],
)
def test_outline(text: str, outline: str) -> None:
    assert jsontree.outline(jsontree.parse(text)) == outline


@pytest.mark.parametrize("text", ["", "{", "[1,]", "[" * 100_000])
def test_what_is_no_json(text: str) -> None:
    with pytest.raises(ValueError, match=r"Expecting|nested|Illegal"):
        jsontree.parse(text)


def test_a_tree_can_be_opened_and_closed() -> None:
    tree = Tags(jsontree.tree(jsontree.parse('{"a": [1, {"b": null}], "c": "<b>"}')))
    assert tree.text == '{ 2 keys }"a": [ 2 items ]1{ 1 key }"b": null"c": "<b>"'
    assert tree.tags.count("details") == 3
    assert "b" not in tree.tags


def test_a_big_tree_says_how_much_is_left_out() -> None:
    html = jsontree.tree(jsontree.parse(str(list(range(10_000)))))
    assert f"… {10_000 - jsontree.MAX_NODES:,} more" in html
    assert html.count("<li>") == jsontree.MAX_NODES + 1


def test_a_deep_tree_ends() -> None:
    deep = "[" * 200 + "]" * 200
    assert jsontree.tree(jsontree.parse(deep)).count("<details") == jsontree.MAX_DEPTH
    assert "…" in jsontree.outline(jsontree.parse(deep))
