"""Brackets in the names of fields: the JSON is what HTTPie makes of them."""

from __future__ import annotations

import json
import random
import shlex
import subprocess
import sys
from typing import Any

import pytest

from httpkit.notebook.items import draft_of, split_line
from httpkit.notebook.mistakes import Mistake

CASES = [
    "pet[name]=Rex pet[age]:=4 pet[tags][]=old pet[tags][]=grey",
    "a[b][c][d]=1 a[b][c][e]=2 a[f]=3",
    "list[0]=zero list[2]=two",
    "list[2][x]=two list[0][x]=zero",
    "list[][x]=1 list[][x]=2",
    "matrix[0][0]:=1 matrix[1][1]:=2 matrix[0][]:=3",
    "[]=1 []=2 [][a]=3",
    "[1][a]=1 [1][b]=2",
    "0=root 1[0]=list",
    r"'a\[b\]'=1 'c[\[]'=2 'd[\]]'=3",
    r"'a[\1]'=1 'a[\-2]'=2",
    r"'a\\[b]'=1 'c\d'=2 'e[f\g]'=3",
    r"'a[x\:y]'=1 'a[x\=z]':=2",
    "a[b]=[not]={json}",
    "a['two words']=1 a[ü]=2",
]

HTTPIE = """
import json, shlex, sys
from httpie.cli.argtypes import KeyValueArgType
from httpie.cli.constants import SEPARATOR_GROUP_ALL_ITEMS
from httpie.cli.requestitems import RequestItems

def body(line):
    parse = KeyValueArgType(*SEPARATOR_GROUP_ALL_ITEMS)
    try:
        return {"body": RequestItems.from_args([parse(word) for word in shlex.split(line)]).data}
    except ValueError as error:
        return {"error": str(error)}

print(json.dumps([body(line) for line in json.load(sys.stdin)]))
"""


def by_httpie(lines: list[str]) -> list[dict[str, Any]]:
    """What HTTPie makes of each line: {"body": …} or {"error": …}."""
    command = [sys.executable, "-c", HTTPIE]
    done = subprocess.run(
        command, input=json.dumps(lines), capture_output=True, encoding="utf-8", timeout=60, check=True
    )
    answers: list[dict[str, Any]] = json.loads(done.stdout)
    for each in answers:
        # The library keeps a whole that is a list under an empty name until it is written.
        if list(each.get("body") or ()) == [""]:
            each["body"] = each["body"][""]
    return answers


def body(line: str, names: dict[str, Any] | None = None) -> Any:
    words, options = split_line(f":3000 {line}", names or {})
    return json.loads(draft_of(words, options, names or {}).payload.read())


def body_or_mistake(line: str) -> tuple[Any, str]:
    try:
        return body(line), ""
    except Mistake as mistake:
        return None, str(mistake)


def test_it_is_what_httpie_makes() -> None:
    for line, theirs in zip(CASES, by_httpie(CASES), strict=True):
        assert body(line) == theirs["body"], line


def test_any_names_are_what_httpie_makes_or_a_mistake() -> None:
    """HTTPie's errors are errors here. What is a mistake here only: that a value takes the place of another."""
    chance = random.Random(7)
    pieces = ["a", "b", "[", "]", "[]", "[a]", "[b]", "[0]", "[1]", "[c d]", r"\[", r"\]", "0", "[-1]", r"[\1]"]
    fields = ["".join(chance.choices(pieces, k=chance.randint(1, 4))) for _ in range(3000)]
    lines = [
        " ".join(
            shlex.quote(f"{name}:={index}") for index, name in enumerate(fields[at : at + chance.randint(1, 3)], 1)
        )
        for at in range(0, len(fields), 3)
    ]
    agreed = 0
    for line, theirs in zip(lines, by_httpie(lines), strict=True):
        mine, mistake = body_or_mistake(line)
        if mistake:
            assert "error" in theirs or "is given twice" in mistake, (line, theirs, mistake)
        else:
            assert theirs == {"body": mine}, line
            agreed += 1
    assert agreed > len(lines) / 10


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("a[b=1", "a[b has a bracket without its other half. Expected something like pet[name]"),
        ("a]=1", "a] has a bracket without"),
        ("a[b]c=1", "a[b]c has a bracket without"),
        ("[b]=1", "“[b]=1” looks like JSON."),
        ("a[-1]=1", r"[-1] is no index: expected 0 to 9,999. For a member of that name write [\-1]."),
        ("a[99999999999]=1", "[99999999999] is no index"),
        (f"a[{'0' * 10}999999]=1", "is no index"),
        (f"a[{'9' * 5000}]=1", "is no index"),
        ("a=1 a[b]=2", "a[b] needs a to be an object, and by what is before it, a is a string."),
        ("a:=1 a[]=2", "a[] needs a to be a list, and by what is before it, a is a number."),
        ("a:=true a[]=2", "a is true or false."),
        ("a[b][]=1 a[b][c]=2", "a[b][c] needs a[b] to be an object, and by what is before it, a[b] is a list."),
        ("a=1 []=2", "[] needs the body to be a list, and by what is before it, the body is an object."),
        ("a[0]=1 a[0]=2", "a[0] is given twice"),
        ("a[b]=1 --raw x", "There are two bodies: the fields a[b] and --raw."),
        ("{{nope}}[a]=1", "nope"),
    ],
)
def test_mistakes_say_what_does_not_fit(line: str, message: str) -> None:
    with pytest.raises(Mistake) as caught:
        body(line)
    assert message in str(caught.value)


def test_a_value_of_the_notebook_is_one_name_whatever_is_in_it() -> None:
    assert body("a[{{key}}]=1 {{key}}=2", {"key": "b[0]"}) == {"a": {"b[0]": "1"}, "b[0]": "2"}


def test_an_object_of_the_notebook_is_not_changed() -> None:
    pet = {"name": "Rex"}
    assert body("pet:={{pet}} pet[age]:=4", {"pet": pet}) == {"pet": {"name": "Rex", "age": 4}}
    assert pet == {"name": "Rex"}


def test_a_field_goes_into_the_json_of_one_before_it() -> None:
    """HTTPie loses one of the two."""
    assert body("""a:='{"x": [1], "z": null}' a[x][]:=2 a[y]=3""") == {"a": {"x": [1, 2], "y": "3", "z": None}}


def test_a_form_has_names_as_they_are_written() -> None:
    words, options = split_line(":3000 --form a[b]=1 a[=2", {})
    assert draft_of(words, options, {}).payload.read() == b"a%5Bb%5D=1&a%5B=2"
