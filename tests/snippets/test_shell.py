from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from httpkit.snippets.shell import argument, command, one_line, only_file, producer, quoted
from tests.snippets.cases import AWKWARD


def printed(script: str) -> bytes:
    # As a file, because an argument cannot be as long as what is tried here.
    return subprocess.run(["bash"], input=script.encode(), capture_output=True, check=True).stdout


@pytest.mark.parametrize(
    ("word", "shown"),
    [
        ("", "''"),
        ("http://host:3000/a", "http://host:3000/a"),
        ("http://host/?a=1", "'http://host/?a=1'"),
        ("a=1", "a=1"),
        ("=a", "'=a'"),
        ("~", "'~'"),
        ("it's", "'it'\\''s'"),
        ("ünïcödé ✓", "'ünïcödé ✓'"),
        ("two\nlines", "'two\nlines'"),
        ("it's\ta\\b\x1b", "$'it\\'s\\ta\\\\b\\x1b'"),
        ("\u202eevil\u200b", "$'\\xe2\\x80\\xaeevil\\xe2\\x80\\x8b'"),
        (b"caf\xe9s", "$'caf\\xe9s'"),
        ("\ud800", "'?'"),
    ],
)
def test_words(word: str | bytes, shown: str) -> None:
    assert quoted(word) == shown


def test_bash_reads_words_as_they_were() -> None:
    words = [AWKWARD, "a\x80b\x01f", "\r\n\t\x7f\u2028é", "'\\''", "\\", "$'x'", *map(chr, range(1, 256))]
    assert printed(f"printf '%s\\0' {' '.join(map(quoted, words))}") == "\0".join([*words, ""]).encode()
    octets = bytes(range(1, 256))
    assert printed(f"printf %s {quoted(octets)}") == octets


@pytest.mark.parametrize(
    "data", [bytes(range(256)), b"-n\0", b"-e \\t", b"%s\0%", b"\x007\x00", b"'\xff'", b"a" * 300_000]
)
def test_bash_prints_bytes_as_they_were(data: bytes) -> None:
    assert printed(producer((data,))) == data


def test_bash_joins_parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("-n it's").write_bytes(b"file")
    assert printed(producer((b"\0<", Path("-n it's"), b">\n"))) == b"\0<file>\n"


def test_how_a_body_gets_to_a_command() -> None:
    others: list[tuple[bytes | Path, ...]] = [
        (),
        (b"a\0",),
        (b"\xff",),
        (b"a" * 100_001,),
        (Path("a"),),
        (b"a", Path("b")),
    ]
    assert argument((b"text",)) == "text"
    assert [argument(parts) for parts in others] == [None] * len(others)
    assert (only_file((Path("a"),)), only_file((Path("-"),)), only_file((b"a",))) == ("a", "./-", None)


def test_a_command() -> None:
    lines = [("curl", "a b"), (), ("-H", b"x")]
    shown = command(lines, before="cat x | ", after=" > y", notes=["two\nlines\x1b"])
    assert shown == "# two lines \ncat x | curl 'a b' \\\n  -H x > y"


def test_one_line() -> None:
    assert one_line("a\r\nb\u2028é") == "a  b é"
