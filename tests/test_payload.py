"""Bodies in memory and in files."""

from __future__ import annotations

import gc
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from httpkit import payload as payloads
from httpkit.payload import Payload, Spool


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten bytes are many, and a file is read in pieces of four."""
    monkeypatch.setattr(payloads, "MAX_IN_MEMORY", 10)
    monkeypatch.setattr(payloads, "PIECE", 4)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "file"
    path.write_bytes(b"0123456789")
    return path


def test_it_is_its_parts_one_after_the_other(file: Path) -> None:
    payload = Payload(b"<", file, b"", b">")
    assert (payload.size, payload.read(), payload.paths) == (12, b"<0123456789>", (file,))
    assert not payload.is_in_memory
    assert repr(payload) == "<Payload 12 bytes>"


def test_nothing_is_nothing() -> None:
    assert not Payload()
    assert not Payload(b"")
    assert Payload().is_in_memory
    assert Payload().read() == b""
    assert list(Payload(b"").pieces()) == []


def test_it_is_equal_to_what_has_the_same_bytes(file: Path) -> None:
    assert Payload(file) == Payload(file) == Payload(b"01234", b"56789")
    assert Payload(file) != Payload(b"0123456780")
    assert Payload(b"a") != b"a"


def test_its_head_is_as_much_as_is_asked_for(few: None, file: Path) -> None:
    payload = Payload(b"ab", file)
    assert [payload.head(count) for count in (0, 1, 2, 7, 12, 99)] == [
        b"",
        b"a",
        b"ab",
        b"ab01234",
        b"ab0123456789",
        b"ab0123456789",
    ]


def test_a_file_is_read_in_pieces(few: None, file: Path) -> None:
    assert list(Payload(b"in memory", file).pieces()) == [b"in memory", b"0123", b"4567", b"89"]


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        Payload(tmp_path / "missing")


def test_a_file_that_has_vanished(file: Path) -> None:
    payload = Payload(file)
    file.unlink()
    with pytest.raises(FileNotFoundError):
        payload.read()


def test_a_file_that_has_become_shorter(file: Path) -> None:
    payload = Payload(b"<", file)
    file.write_bytes(b"0123")
    with pytest.raises(OSError, match="file has become shorter: expected 10 bytes, got 4"):
        payload.read()


def test_what_was_added_to_a_file_since_is_left_out(file: Path) -> None:
    payload = Payload(file, b">")
    file.write_bytes(b"0123456789 and more")
    assert payload.read() == b"0123456789>"


def test_it_is_saved(file: Path, tmp_path: Path) -> None:
    saved = Payload(b"<", file).save(str(tmp_path / "copy"))
    assert saved == tmp_path / "copy"
    assert saved.read_bytes() == b"<0123456789"


def test_saving_a_file_to_itself_does_not_empty_it(file: Path) -> None:
    assert Payload(file).save(file) == file
    assert file.read_bytes() == b"0123456789"
    with pytest.raises(shutil.SameFileError, match="is a part of what is to be saved"):
        Payload(b"<", file).save(file)
    assert file.read_bytes() == b"0123456789"


def test_what_arrives_stays_in_memory_while_it_is_little(few: None) -> None:
    spool = Spool()
    assert spool.payload == Payload()
    for piece in (b"01234", b"", b"56789"):
        spool.write(piece)
    assert (spool.size, spool.payload, spool.payload.is_in_memory) == (10, Payload(b"0123456789"), True)


def test_what_is_much_goes_to_a_temporary_file(few: None) -> None:
    spool = Spool()
    spool.write(b"01234")
    before = spool.payload
    spool.write(b"56789a")
    then = spool.payload
    spool.write(b"bc")
    spool.close()
    assert [each.read() for each in (before, then, spool.payload)] == [b"01234", b"0123456789a", b"0123456789abc"]
    assert spool.payload.paths


def test_a_temporary_file_goes_with_the_last_payload_in_it(few: None) -> None:
    spool = Spool()
    spool.write(b"0123456789a")
    payload, again = spool.payload, spool.payload
    (path,) = payload.paths
    # Closed or not: nothing warns of a file that was left open.
    del spool, payload
    gc.collect()
    assert again.read() == b"0123456789a"
    del again
    gc.collect()
    assert not path.exists()
    assert not path.parent.exists()


def test_a_temporary_file_goes_at_the_end_of_the_program() -> None:
    program = """
from httpkit.payload import Spool
spool = Spool()
spool.write(bytes(9_000_000))
print(*spool.payload.paths)
"""
    done = subprocess.run([sys.executable, "-W", "error", "-c", program], capture_output=True, text=True, check=True)
    path = Path(done.stdout.strip())
    assert path.name == "body"
    assert not path.parent.exists()
    assert done.stderr == ""


@pytest.mark.parametrize("before", [b"", b"0123", b"0123456789abcdef"], ids=["nothing", "memory", "temporary file"])
def test_it_can_be_told_where_to_go(few: None, tmp_path: Path, before: bytes) -> None:
    spool = Spool()
    spool.write(before)
    spool.move_to(tmp_path / "here")
    spool.write(b"!")
    assert spool.payload.paths == (tmp_path / "here",)
    assert spool.payload.read() == before + b"!"
    spool.close()
    del spool
    gc.collect()
    assert (tmp_path / "here").read_bytes() == before + b"!"
