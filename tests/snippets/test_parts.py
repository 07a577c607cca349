from __future__ import annotations

from pathlib import Path

from httpkit.payload import Payload
from httpkit.snippets.parts import text_of


def test_bytes_that_follow_each_other_are_one_part(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"x")
    assert Payload(b"a", b"", b"b", path, path, b"c").parts == (b"ab", path, path, b"c")
    assert Payload().parts == ()


def test_bytes_are_changed_and_files_are_not_looked_at(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"x")
    payload = Payload(b"a", b"b", path, b"c")
    path.unlink()
    changed = payload.with_bytes(lambda data: data * 2)
    assert (changed.parts, changed.size) == ((b"abab", path, b"cc"), 7)


def test_text() -> None:
    assert [text_of(data) for data in ("é\n".encode(), b"\xe9", b"a\0")] == ["é\n", None, None]
