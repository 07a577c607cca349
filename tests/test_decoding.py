"""Content-Encoding undone, as far as it is safe (RFC 9110 section 8.4)."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import brotli
import pytest
from backports import zstd

from httpkit import decoding
from httpkit.decoding import DecodingError, decoded, decoded_head, decoded_pieces, encodings_of
from httpkit.payload import Payload

# Some of it can be packed, and none of it comes twice.
TEXT = b"".join(b"line %d of a text\n" % number for number in range(20_000))


def raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush()


PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "x-gzip": gzip.compress,
    "deflate": zlib.compress,
    "br": brotli.compress,
    "zstd": zstd.compress,
}
each_encoding = pytest.mark.parametrize("name", PACKERS)


@pytest.mark.parametrize(
    ("header", "names"),
    [
        (None, []),
        ("", []),
        ("gzip", ["gzip"]),
        ("GZIP, Br", ["gzip", "br"]),
        ("identity", []),
        (" gzip ,, identity,br ", ["gzip", "br"]),
    ],
)
def test_a_header_names_encodings_in_the_order_they_were_applied(header: str | None, names: list[str]) -> None:
    assert encodings_of(header) == names


@each_encoding
@pytest.mark.parametrize("data", [b"", b"a", TEXT], ids=["nothing", "a byte", "a text"])
def test_each_encoding_is_undone(name: str, data: bytes) -> None:
    assert decoded(Payload(PACKERS[name](data)), name) == data


@each_encoding
def test_it_may_come_in_any_pieces_and_from_a_file(name: str, tmp_path: Path) -> None:
    packed = PACKERS[name](TEXT[:2000])
    assert decoded(Payload(*[packed[at : at + 1] for at in range(len(packed))]), name) == TEXT[:2000]
    (tmp_path / "packed").write_bytes(packed[5:])
    assert decoded(Payload(packed[:5], tmp_path / "packed"), name) == TEXT[:2000]


def test_deflate_without_the_zlib_format_around_it() -> None:
    packed = raw_deflate(TEXT)
    assert decoded(Payload(packed), "deflate") == TEXT
    assert decoded(Payload(packed[:1], packed[1:]), "deflate") == TEXT
    assert decoded(Payload(raw_deflate(b"")), "deflate") == b""


def test_encodings_are_undone_in_reverse() -> None:
    assert decoded(Payload(brotli.compress(gzip.compress(TEXT))), "gzip, br") == TEXT
    assert decoded(Payload(gzip.compress(zlib.compress(zstd.compress(TEXT)))), "zstd, deflate, gzip") == TEXT


@each_encoding
def test_a_body_that_is_not_there_has_nothing_to_undo(name: str) -> None:
    # As in the response to HEAD.
    assert decoded(Payload(), name) == b""
    assert decoded_head(Payload(), name, 10) == b""


def test_without_an_encoding_it_is_as_it_came() -> None:
    assert decoded(Payload(b"plain"), None) == b"plain"
    assert decoded(Payload(b"plain"), "identity") == b"plain"


@pytest.mark.parametrize("name", ["gzip", "zstd"])
@pytest.mark.parametrize("cut", [None, 0, 1, 10])
def test_several_members_follow_each_other(name: str, cut: int | None) -> None:
    members = [PACKERS[name](part) for part in (b"one ", b"", b"two ", TEXT, b" three")]
    if cut is None:
        body = Payload(b"".join(members))
    else:
        # The second part begins at, or within, the last member.
        end = len(members[-1]) - cut
        body = Payload(b"".join(members)[:-end], b"".join(members)[-end:])
    assert decoded(body, name) == b"one two " + TEXT + b" three"


def test_a_frame_to_be_skipped_is_skipped() -> None:
    skipped = b"\x50\x2a\x4d\x18\x03\x00\x00\x00abc"
    assert decoded(Payload(zstd.compress(b"one ") + skipped + zstd.compress(b"two")), "zstd") == b"one two"


@pytest.mark.parametrize("name", ["gzip", "x-gzip", "deflate", "zstd"])
@pytest.mark.parametrize("junk", [b"\0" * 100, b"\r\n", b"junk"])
def test_what_follows_the_end_is_left_out(name: str, junk: bytes) -> None:
    packed = PACKERS[name](b"text")
    assert decoded(Payload(packed + junk), name) == b"text"
    assert decoded(Payload(packed, junk), name) == b"text"


def test_behind_brotli_nothing_may_follow() -> None:
    with pytest.raises(DecodingError, match="the body is not br as it says"):
        decoded(Payload(brotli.compress(b"text") + b"junk"), "br")


def check_failure(body: Payload, header: str, code: str = "ERR_CONTENT_ENCODING") -> str:
    with pytest.raises(DecodingError) as failed:
        decoded(body, header)
    assert failed.value.code == code
    return str(failed.value)


@each_encoding
def test_a_body_that_was_cut_short_is_an_error_and_its_head_is_not(name: str) -> None:
    packed = Payload(PACKERS[name](TEXT)[:-1])
    assert f"the body is not {name} as it says: it ends too early" in check_failure(packed, name)
    start = decoded_head(packed, name, len(TEXT))
    assert start == TEXT[: len(start)]
    assert len(start) > len(TEXT) / 2


@each_encoding
def test_a_body_that_is_something_else(name: str) -> None:
    body = Payload(b"<!doctype html>")
    assert f"the body is not {name} as it says" in check_failure(body, name)
    # What cannot be decoded at all is shown as it is.
    assert decoded_head(body, name, 9) == b"<!doctype"


def test_an_encoding_that_nobody_knows() -> None:
    said = check_failure(Payload(b"body"), "gzip, rot13")
    assert said == (
        "the body is encoded as 'rot13', which nobody here can undo: expected gzip, x-gzip, deflate, br, zstd"
    )
    assert decoded_head(Payload(b"body"), "rot13", 3) == b"bod"


@each_encoding
def test_too_much_is_an_error(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    body = Payload(PACKERS[name](TEXT))
    monkeypatch.setattr(decoding, "MAX_DECODED", len(TEXT))
    assert decoded(body, name) == TEXT
    monkeypatch.setattr(decoding, "MAX_DECODED", len(TEXT) - 1)
    said = check_failure(body, name, "ERR_CONTENT_TOO_LARGE")
    assert f"{body.size:,} bytes of {name} unpack to more than" in said
    assert "it may be a bomb" in said
    assert decoded_head(body, name, 100) == TEXT[:100]


@each_encoding
def test_too_much_for_what_went_in_is_an_error(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = Payload(PACKERS[name](bytes(1_000_000)))
    monkeypatch.setattr(decoding, "MAX_RATIO", 100)
    assert decoded(bomb, name) == bytes(1_000_000)
    monkeypatch.setattr(decoding, "_MANY", 10_000)
    check_failure(bomb, name, "ERR_CONTENT_TOO_LARGE")


def test_what_is_unpacked_on_the_way_counts_too(monkeypatch: pytest.MonkeyPatch) -> None:
    # Much in the middle, and nothing in the end: the junk behind the inner end is a million bytes.
    bomb = Payload(gzip.compress(gzip.compress(b"text") + bytes(1_000_000)))
    assert decoded(bomb, "gzip, gzip") == b"text"
    monkeypatch.setattr(decoding, "MAX_DECODED", 50_000)
    inner = Payload(gzip.compress(b"".join(gzip.compress(b"") for _ in range(5_000))))
    assert inner.size < 50_000
    check_failure(inner, "gzip, gzip", "ERR_CONTENT_TOO_LARGE")


def test_many_encodings_are_no_way_to_break_it() -> None:
    body = Payload(gzip.compress(b"text"))
    check_failure(body, ", ".join(["gzip"] * 5_000))
    assert decoded_head(body, ", ".join(["gzip"] * 5_000), 2) == b"\x1f\x8b"


class _Watched(Payload):
    """Says how much of it was read."""

    taken = 0

    def pieces(self) -> Iterator[bytes]:
        for piece in super().pieces():
            self.taken += len(piece)
            yield piece


@each_encoding
def test_of_a_head_no_more_is_unpacked_than_is_needed(name: str) -> None:
    packed = PACKERS[name](bytes(300_000) + TEXT)
    body = _Watched(*[packed[at : at + 10] for at in range(0, len(packed), 10)])
    assert decoded_head(body, name, 5) == bytes(5)
    assert 0 < body.taken < body.size


def test_a_head_is_no_longer_than_asked_for() -> None:
    assert decoded_head(Payload(gzip.compress(TEXT)), "gzip", 100_000) == TEXT[:100_000]
    assert decoded_head(Payload(b"plain"), None, 3) == b"pla"
    assert decoded_head(Payload(gzip.compress(b"ab")), "gzip", 0) == b""


def test_a_file_that_is_gone_has_no_head_and_is_else_an_error(tmp_path: Path) -> None:
    path = tmp_path / "packed"
    path.write_bytes(gzip.compress(b"text"))
    body = Payload(path)
    path.unlink()
    for header in (None, "gzip"):
        assert decoded_head(body, header, 10) == b""
        with pytest.raises(FileNotFoundError):
            decoded(body, header)


def test_no_piece_is_large() -> None:
    pieces = list(decoded_pieces(Payload(gzip.compress(bytes(1_000_000))), "gzip"))
    assert max(map(len, pieces)) <= 65_536
    assert sum(map(len, pieces)) == 1_000_000
