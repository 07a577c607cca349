"""The flags of curl: which were given, and what is said of those that cannot be honoured."""

from __future__ import annotations

import re
import subprocess

import pytest

from httpkit.notebook import curl_asked, curl_flags
from httpkit.notebook.curl_flags import FLAGS, given_in
from httpkit.notebook.mistakes import Mistake
from httpkit.notebook.shell_words import Word


def _given(*words: str) -> list[tuple[str, str]]:
    return [(given.name, given.value) for given in given_in([Word(word) for word in words])]


@pytest.mark.parametrize(
    ("words", "given"),
    [
        (["-XPOST", "-HA:b", "u"], [("request", "POST"), ("header", "A:b"), ("url", "u")]),
        (["-sSLkd", "a"], [("location", ""), ("insecure", ""), ("data", "a")]),
        (["-Lda=-k"], [("location", ""), ("data", "a=-k")]),
        (["--head", "--url", "u"], [("head", ""), ("url", "u")]),
        (["-d", "-k"], [("data", "-k")]),
        (["-d="], [("data", "=")]),
        (["--inse", "--max-t", "3"], [("insecure", ""), ("max-time", "3")]),
        (["-L", "u", "--no-location"], [("url", "u")]),
        (["--no-verbose", "-w", "x", "--retry", "3", "-#"], []),
        (["a", "--", "-b", "--c"], [("url", "a"), ("url", "-b"), ("url", "--c")]),
    ],
)
def test_flags_and_urls(words: list[str], given: list[tuple[str, str]]) -> None:
    assert _given(*words) == given


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--headr", "x"], "--headr is no flag of curl. Did you mean --header?"),
        (["--zzz=s3cret"], "--zzz is no flag of curl. Leave it out, or see https://curl.se"),
        (["--no-header"], "--no-header is no flag of curl."),
        (["-sù"], "- is no flag of curl."),
        (["-sP"], "-P cannot be done here: it is for other protocols than HTTP. Leave it out."),
        (["-"], "- is no flag of curl."),
        (["--data=s3cret"], "curl has no --data=…: the value is a word of its own. Write --data VALUE."),
        (["-data", "x"], "-data has one dash, which is for single letters. Did you mean --data?"),
        (["--dat", "x"], "--dat could be any of --data, --data-ascii, --data-raw"),
        (["-H"], "-H needs a value, and the command ends there."),
        (["--header"], "--header needs a value"),
        (["–d", "x"], "–d begins with a long dash, as word processors write it. Write - or --."),
        (["—data=s3cret"], "—data begins with a long dash"),
        (
            ["--digest"],
            "--digest cannot be done here: httpkit cannot log in that way. For Basic write -u USER:PASSWORD",
        ),
        (["-K", "x"], "-K cannot be done here: a request is written in one place here."),
        (["-x", "p", "-p"], "-p cannot be done here: only proxies that speak HTTP"),
        (["--unix-socket", "x"], "--unix-socket cannot be done here: httpkit connects to the host in the URL."),
        (["--next"], "--next cannot be done here: one request at a time."),
    ],
)
def test_mistakes_say_what_was_got_and_what_to_do(words: list[str], message: str) -> None:
    with pytest.raises(Mistake) as caught:
        _given(*words)
    assert message in str(caught.value)
    assert "s3cret" not in str(caught.value)


def test_a_flag_is_in_one_place_of_the_tables() -> None:
    names = [flag.name for flag in curl_flags._ALL]
    letters = [flag.letter for flag in curl_flags._ALL if flag.letter]
    assert len(names) == len(set(names))
    assert len(letters) == len(set(letters))


def test_what_counts_is_acted_upon() -> None:
    assert {flag.name for flag in FLAGS.values() if flag.is_used} == set(curl_asked._ACTIONS)


@pytest.mark.parametrize("flag", [flag for flag in FLAGS.values() if flag.refusal], ids=lambda flag: flag.name)
def test_each_refusal_names_the_flag_and_says_what_to_do(flag: curl_flags.Flag) -> None:
    with pytest.raises(Mistake, match=f"^--{flag.name} cannot be done here: .*[a-z].*\\.$"):
        _given(f"--{flag.name}", "value")


_IN_HELP = re.compile(r"\s*(?:-(?P<letter>\S),)?\s+--(?P<name>\S+) (?P<value><)?")
# What its help leaves out or says in another way.
_TOLD_OTHERWISE = {"help", "proxy", "preproxy"}


# The newest curl whose flags all have a place in the tables; what a later one adds is named as unknown until it has.
_COMPLETE = (7, 88)


def test_the_flags_are_those_of_curl() -> None:
    version = subprocess.run(["curl", "--version"], capture_output=True, text=True, check=True, timeout=20).stdout
    is_later = tuple(map(int, re.findall(r"\d+", version)[:2])) > _COMPLETE
    told = subprocess.run(["curl", "--help", "all"], capture_output=True, text=True, check=True, timeout=20).stdout
    lines = [found for found in map(_IN_HELP.match, told.splitlines()) if found]
    assert len(lines) > 200
    for line in lines:
        flag = FLAGS.get(line["name"])
        if flag is None:
            assert is_later, f"{line['name']} has no place in the tables"
            continue
        assert flag.letter == (line["letter"] or "")
        if flag.name not in _TOLD_OTHERWISE:
            assert flag.takes_value == bool(line["value"]), flag.name
