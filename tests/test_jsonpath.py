"""JSON paths, and what is said of one that leads nowhere."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest

from httpkit.errors import NodeError
from httpkit.jsonpath import Node, find, first, kind_of, nodes, spelled

DATA: dict[str, Any] = {
    "user": {"name": "Ann", "mail": "ann@host", "first-name": "A"},
    "items": [{"id": 1, "price": 5}, {"id": 2, "price": 50}],
    "none": None,
    "empty": [],
}


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("$", [DATA]),
        ("$.user.name", ["Ann"]),
        ("$.user['first-name']", ["A"]),
        ("$.user.first-name", ["A"]),
        (" $.items[0].id ", [1]),
        ("$.items[-1].id", [2]),
        ("$.items[*].id", [1, 2]),
        ("$..id", [1, 2]),
        ("$.items[?@.price < 10].id", [1]),
        ("$.items[0:1].id", [1]),
        ("$.none", [None]),
        ("$.length", []),
        ("$.items.length", []),
        ("$.nobody", []),
    ],
)
def test_what_a_path_finds(path: str, found: list[Any]) -> None:
    assert find(DATA, path) == found


@pytest.mark.parametrize("value", ['{"a": 1}', "text", 7, None, True, []])
def test_a_value_that_is_no_object_is_not_read_as_json_once_more(value: Any) -> None:
    assert find(value, "$") == [value]
    assert find(value, "$.a") == []


def test_the_first_match_and_the_places_of_all() -> None:
    assert first(DATA, "$..id") == 1
    assert first(DATA, "$.none") is None
    assert nodes(DATA, "$..id") == [Node(("items", 0, "id"), 1), Node(("items", 1, "id"), 2)]
    assert nodes(DATA, "$..id")[1].path == "$.items[1].id"


def test_a_place_is_spelled_as_a_path_that_leads_to_it() -> None:
    assert spelled(()) == "$"
    assert spelled(("a", 0, "first-name", "é", "1", "it's", 'say "hi"', "a\nb")) == (
        "$.a[0]['first-name'].é['1']['it\\'s']['say \"hi\"']['a\\nb']"
    )
    for name in ("it's", 'say "hi"', "a\nb", "back\\slash", "", "\U0001d4b3", "\u0661", "日本"):
        assert find({name: 1}, spelled([name])) == [1]


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("", "“” is not a JSON path: it begins with $, as in $.name."),
        ("user.name", "“user.name” is not a JSON path: it begins with $, as in $.user.name."),
        ("[0]", "it begins with $, as in $[0]."),
        ("$.items[", "unexpected end of query at its end. A bracket is opened and not closed."),
        ("$.", "at its end. A name, [index] or * follows a dot."),
        ("$.user.first name", "unexpected token 'name' at character 14. A name with a space stands in brackets"),
        ("$.user.'name'", "at character 9. A name in quotes stands in brackets"),
        ("$.items[(@.length-1)]", "unexpected '(' at character 9. There are no scripts; the last element is [-1]."),
        ("$.items[?@.id = 1]", "A filter compares with ==."),
        ("$.items[?@.id == 1 and @.price == 5]", "A filter combines with &&, || and !."),
        ("$.items[?nothing(@)]", "'nothing'"),
        ("$.items[01]", "leading zero"),
        ("$.a | $.b", "unexpected token '|' at character 5."),
        ("$[?" + "(" * 5000, "it is nested too deeply."),
        ("$" + ".a" * 5000 + "[", "is not a JSON path"),
    ],
)
def test_what_is_no_path_says_where_and_what_to_write(path: str, message: str) -> None:
    with pytest.raises(NodeError) as caught:
        find(DATA, path)
    assert message in str(caught.value)
    assert caught.value.code == "ERR_JSON_PATH"


def test_a_path_is_text() -> None:
    with pytest.raises(NodeError, match=r"type int \(7\) is not a JSON path: expected text such as"):
        find(DATA, 7)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("path", "message"),
    [
        (
            "$.user.nam",
            "$.user has no “nam”. Did you mean name? It is an object with name, mail, first-name.",
        ),
        ("$.user.First_Name", "Did you mean first-name?"),
        ("$.items.id", "$.items is a list of 2: choose from it, as in [0].id, or take all with [*].id."),
        ("$.items[2].id", "$.items has no [2]. It is a list of 2, from [0] to [1]."),
        ("$.empty[0]", "$.empty has no [0]. It is an empty list."),
        ("$.user.name.first", "$.user.name is a string, and has nothing inside."),
        ("$.none.a", "$.none is null, and has nothing inside."),
        ("$.user[0]", "$.user is an object with name, mail, first-name."),
        ("$.items[*].nam", "none of 2 values does, the first of which, $.items[0], has no “nam”."),
        ("$.items[?@.price > 99]", "nothing in $.items fits"),
        ("$..prices", "Did you mean price?"),
    ],
)
def test_a_path_that_leads_nowhere_says_how_far_it_led(path: str, message: str) -> None:
    with pytest.raises(LookupError) as caught:
        first(DATA, path)
    assert message in str(caught.value)


def test_names_from_the_wire_do_not_act_on_a_terminal() -> None:
    with pytest.raises(LookupError) as caught:
        first({"\x1b[31mred": 1, "x" * 1000: 2, **{f"k{n}": n for n in range(20)}}, "$.a")
    assert "\x1b" not in str(caught.value)
    assert "10 more" in str(caught.value)
    assert len(str(caught.value)) < 400


def test_what_json_calls_a_value() -> None:
    values: list[Any] = ["", 1, 1.5, True, None, {}, []]
    assert [kind_of(value) for value in values] == [
        "a string", "a number", "a number", "true", "null", "an object", "a list",
    ]  # fmt: skip


def test_the_library_is_loaded_with_the_first_path() -> None:
    program = (
        "import sys; from httpkit.jsonpath import find; assert 'jsonpath' not in sys.modules; "
        "find({}, '$'); assert 'jsonpath' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
