"""The words of a command line: those that bash would make, those that cmd would, and what no shell is there for."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from httpkit.notebook.mistakes import Mistake
from httpkit.notebook.shell_words import words_of
from httpkit.notebook.templates import hide, reveal


def _words(text: str) -> list[str]:
    return [word.text for word in words_of(text)]


BASH = [
    "a b  c\td",
    "'a b' \"c d\" e'f'\"g\"h",
    "'' \"\" $''",
    r"'a\b' \a \' \" \\ a\ b",
    r'"a\b \\ \" \$ \` \n"',
    '"a\\\nb" c\\\nd \\\n e',
    "'it'\\''s' \"it's\" 'say \"hi\"'",
    r"$'\a\b\e\E\f\n\r\t\v\\\'\"\?\z'",
    r"$'\101\7\x41\x4a\x4 \cA\ca'",
    r"$'\u41 \u00e9 \u20ac \U1F600 \U0001f600'",
    r"$'caf\xc3\xa9 \303\251' $'a'b$'c'",
    "$'a\nb' 'c\nd' \"e\nf\"",
    "a #b c",
    "a#b '#c' # d",
    "a # b's",
    'a$ "$ b" "$.a" "100$" a$/b "$%"',
    "!a \"b!\" '!c'",
    "a={b} {} {a} 'x{a,b}' \"{1..3}\" {'a,b'} \\{a,b}",
    "é 日本 '😀'",
    "a=1 ^ % @ + : [ ] - -- , .",
    '$"a b"',
    "\n\n  a b\n\n",
]


@pytest.mark.skipif(not shutil.which("bash"), reason="there is no bash to compare with")
@pytest.mark.parametrize("text", BASH)
def test_words_are_those_of_bash(text: str) -> None:
    program = f"set -f; f() {{ for word; do printf '%s\\0' \"$word\"; done; }}\nf {text.strip()}"
    environment = {"LC_ALL": "C.UTF-8"}
    printed = subprocess.run(["bash", "-c", program], capture_output=True, check=True, timeout=20, env=environment)
    assert _words(text) == printed.stdout.decode("utf-8", "surrogateescape").split("\0")[:-1]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        # Two halves of one character, as Firefox writes them.
        (r"$'\ud83d\ude00'", ["😀"]),
        (r"$'\xff\ud83d'", ["\udcff\udced\udca0\udcbd"]),
        (r"$'\U110000'", [r"\U110000"]),
        # A space after the backslash, as pages often have it.
        ("a \\ \n b", ["a", "b"]),
        ("a \\", ["a"]),
        ("a \\\r\n b\r\n", ["a", "b"]),
        ("a\u00a0b", ["a", "b"]),
        ("a # b\n# c\n", ["a"]),
        ("", []),
    ],
)
def test_where_bash_would_be_stricter(text: str, words: list[str]) -> None:
    assert _words(text) == words


def test_each_word_knows_where_it_began() -> None:
    assert [word.at for word in words_of("curl  'a b'c \\\n d", 4)] == [6, 16]


def test_expressions_stay_whole() -> None:
    text = 'a{{b["c d"] | e}}f \'{{$guid}}\' "{{x > 1}}"'
    assert [reveal(word) for word in _words(hide(text))] == ['a{{b["c d"] | e}}f', "{{$guid}}", "{{x > 1}}"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('^"a b^" ^"c^"', ["a b", "c"]),
        ('^"a^%^20b^&c^"', ["a%20b&c"]),
        (r'^"^{^\^"a^\^":1^}^"', ['{"a":1}']),
        ('^"a^\n\nb^"', ["a\nb"]),
        ('^"a^\r\n\r\nb^"', ["a\r\nb"]),
        (r'^"a^\^\b\c^"', [r"a\b\c"]),
        ('"a b" ^\n -H "c: d" ^\r\n --data "{""e"":""f g""}"', ["a b", "-H", "c: d", "--data", '{"e":"f g"}']),
        ('a ^\n "b"%"c" ""', ["a", "b%c", ""]),
        ('"a&b|c^" ^\n d', ["a&b|c^", "d"]),
        ("a ^\n 'b c'", ["a", "'b", "c'"]),
        ("a ^$^b^^ ^", ["a", "$b^"]),
        ("a ^\nb\n\n", ["a", "b"]),
    ],
)
def test_words_are_those_of_cmd(text: str, words: list[str]) -> None:
    assert _words(f"x ^\n {text}")[1:] == words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("-d 'a ^\" b'", ["-d", 'a ^" b']),
        ("-d 'a ^\nb' c", ["-d", "a ^\nb", "c"]),
        ('a^"b c"', ["a^b c"]),
        ("'a' ^", ["a", "^"]),
    ],
)
def test_a_caret_is_not_always_for_cmd(text: str, words: list[str]) -> None:
    assert _words(text) == words


@pytest.mark.parametrize(
    ("text", "at", "message"),
    [
        ("a $(b)", 2, "$( would run another command, and nothing is run here. Do that in Python, and write {{name}}"),
        ('a "b $(c)"', 5, "$( would run another command"),
        ("a `b`", 2, "` would run another command"),
        ('"`b`"', 1, "` would run another command"),
        ("a `\n -H b", 2, "A ` at the end of a line goes on with it in PowerShell only. Write a \\ there."),
        ("a $TOKEN", 2, "$TOKEN is a variable of a shell, and no shell runs here. Write {{TOKEN}}, which is filled"),
        ('a "x ${TOKEN:-y}"', 5, "$TOKEN is a variable of a shell"),
        ('"a?$filter=1"', 3, "If that very text is meant, put it into '…'."),
        ('$"a $B"', 4, "$B is a variable of a shell"),
        ("a$1", 1, "$1 is a variable of a shell, and no shell runs here."),
        ("a $$", 2, "$$ is a variable of a shell"),
        ('"${!a}"', 1, "${ is a variable of a shell"),
        ("a <(b)", 2, "<(…) would run another command"),
        ("a >(b)", 2, ">(…) would run another command"),
        ("a << EOF", 2, "<< would give curl a text to read. Put it into a Python name, and write -d {{name}}."),
        ("a < b", 2, "< would give curl a file to read. For a body write -d @FILE."),
        ("a > b", 2, "> would send what curl prints elsewhere. Leave it out; to save the body write -o FILE."),
        ("a 2>/dev/null", 2, "2> would send what curl prints elsewhere."),
        ("a>b", 1, "> would send"),
        ("a | jq .b", 2, "| would hand the answer to another program, and none is run here."),
        ("a && b", 2, "&& begins another command. Leave it out from there on"),
        ("a || b", 2, "|| begins another command."),
        ("a; b", 1, "; begins another command."),
        ("h?a=1&b=2", 5, "& ends a command where no quotes are around it. Put them around the URL"),
        ("a &", 2, "& would let the command run in the background. Leave it out."),
        ("(a)", 0, "( means something to a shell. Put quotes around the text that it is in."),
        ("a 'b", 2, "The quote ' is opened and not closed."),
        ('a b"c', 3, 'The quote " is opened and not closed.'),
        ("a $'b\\'", 2, "The quote $' is opened and not closed."),
        ("a {b,c}", 2, "A shell makes several words of {…,…}. Put quotes around the whole"),
        ('a {"b":1,"c":2}', 2, "A shell makes several words of {…,…}."),
        ("a “b c”", 2, "“ is a typographic quote, which no shell knows. Write ' or \"."),
        ("a\n-H b", 2, "The command ends with the line before. To go on in this one, end that one with a \\."),
        ("a # b\ncurl c", 6, "A new line begins another command. Paste one at a time."),
        (r"a $'\0b'", 2, "No shell can hand on a NUL character."),
        (r"a $'\ue041'", 2, "A character from U+E000 to U+E07F has no meaning here."),
        ('a ^"b^" & c', 8, "& would let the command run in the background."),
        ('a ^"b^" | c', 8, "| would hand the answer to another program"),
        ('a ^"b^"\nc', 8, "To go on with the one before, end its line with a ^."),
        ('a ^"b', None, 'The quote " is opened and not closed.'),
    ],
)
def test_what_only_a_shell_can_do_is_refused(text: str, at: int | None, message: str) -> None:
    with pytest.raises(Mistake) as caught:
        words_of(text)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)
    assert caught.value.offset == at
