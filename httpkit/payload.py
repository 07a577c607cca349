"""Payload: the bytes of a body, in memory while they are few and in files when they are many.

A body may be larger than memory: an upload is read from its files piece by piece, and what arrives goes to a temporary
file from 8 MB on. Whoever only shows a body asks for its `head`.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import threading
import weakref
from collections.abc import Callable, Iterator
from itertools import groupby
from pathlib import Path
from typing import IO, NamedTuple

# Bytes that a body which arrives may have before it goes to a file, and bytes of a file that are read at once.
MAX_IN_MEMORY = 8_000_000
PIECE = 65_536


class _File(NamedTuple):
    """A file as part of a payload; `keeper` deletes a temporary one once nobody needs it."""

    path: Path
    size: int
    keeper: object = None


class Payload:
    """The bytes of a body: parts in memory and in files, one after the other."""

    __slots__ = ("_parts", "size")

    def __init__(self, *parts: bytes | Path) -> None:
        """Raises OSError where a file cannot be looked at."""
        self._parts: tuple[bytes | _File, ...] = tuple(
            _File(part, part.stat().st_size) if isinstance(part, Path) else part for part in parts if part != b""
        )
        self.size = sum(_size_of(part) for part in self._parts)

    def __repr__(self) -> str:
        return f"<Payload {self.size} bytes>"

    def __bool__(self) -> bool:
        return self.size > 0

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Payload):
            return NotImplemented
        return self.size == other.size and (self._parts == other._parts or self.read() == other.read())

    __hash__ = None  # type: ignore[assignment]  # compared by what may be gigabytes

    @property
    def is_in_memory(self) -> bool:
        return not any(isinstance(part, _File) for part in self._parts)

    @property
    def paths(self) -> tuple[Path, ...]:
        """The files that parts of it are in."""
        return tuple(part.path for part in self._parts if isinstance(part, _File))

    def read(self) -> bytes:
        """All of it. Raises OSError where a file is gone."""
        return b"".join(self.pieces())

    def head(self, count: int) -> bytes:
        """The first `count` bytes, or all there are."""
        start = bytearray()
        for piece in self.pieces():
            start += piece[: count - len(start)]
            if len(start) >= count:
                break
        return bytes(start)

    def pieces(self) -> Iterator[bytes]:
        """The bytes in order, files in pieces of 64 KiB at most.

        Raises OSError where a file is gone or has become shorter; what was added to one since is left out.
        """
        for part in self._parts:
            if isinstance(part, bytes):
                yield part
            else:
                yield from _pieces_of(part)

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write it to a file; gives the path. Raises OSError, also where it would empty a file that is a part of it."""
        target = Path(path)
        if any(_is_same_file(each, target) for each in self.paths):
            if len(self._parts) == 1:
                return target
            raise shutil.SameFileError(f"{target} is a part of what is to be saved there: expected another file")
        with target.open("wb") as file:
            for piece in self.pieces():
                file.write(piece)
        return target

    @property
    def parts(self) -> tuple[bytes | Path, ...]:
        """Its parts in order, bytes that follow each other as one."""
        return tuple(part if isinstance(part, bytes) else part.path for part in self._merged())

    def with_bytes(self, change: Callable[[bytes], bytes]) -> Payload:
        """The same with other bytes between its files, which are not looked at: they may be gone by now."""
        made = Payload()
        made._parts = tuple(change(part) if isinstance(part, bytes) else part for part in self._merged())
        made.size = sum(map(_size_of, made._parts))
        return made

    def _merged(self) -> Iterator[bytes | _File]:
        for is_bytes, parts in groupby(self._parts, lambda part: isinstance(part, bytes)):
            if is_bytes:
                yield b"".join(part for part in parts if isinstance(part, bytes))
            else:
                yield from parts

    @classmethod
    def _of_file(cls, file: _File) -> Payload:
        made = cls()
        made._parts, made.size = (file,), file.size
        return made


def _size_of(part: bytes | _File) -> int:
    return part.size if isinstance(part, _File) else len(part)


def _pieces_of(part: _File) -> Iterator[bytes]:
    left = part.size
    with part.path.open("rb") as file:
        while left and (piece := file.read(min(PIECE, left))):
            left -= len(piece)
            yield piece
    if left:
        raise OSError(f"{part.path} has become shorter: expected {part.size} bytes, got {part.size - left}")


def _is_same_file(path: Path, other: Path) -> bool:
    return path.exists() and other.exists() and path.samefile(other)


class Spool:
    """Takes the bytes of a body as they arrive; `payload` is what has arrived so far, in whichever thread one asks.

    With a `limit` it is only somebody's looking on: it keeps so many bytes, and what it cannot keep, as where the disk
    is full, it lets go. `is_cut` says so.
    """

    def __init__(self, limit: int | None = None) -> None:
        self.size = 0
        self.is_cut = False
        self._limit = limit
        self._chunks: list[bytes] = []
        self._file: IO[bytes] | None = None
        self._path = Path()
        self._keeper: object = None
        self._lock = threading.Lock()

    def write(self, chunk: bytes) -> None:
        """Raises OSError where it cannot be written to a file, unless there is a limit."""
        with self._lock:
            if self._limit is None:
                self._write(chunk)
                return
            fitting = chunk[: self._limit - self.size]
            self.is_cut = self.is_cut or len(fitting) < len(chunk)
            try:
                self._write(fitting)
            except OSError:
                self.is_cut, self._limit = True, self.size

    def _write(self, chunk: bytes) -> None:
        if self._file is not None:
            self._file.write(chunk)
        else:
            self._chunks.append(chunk)
        self.size += len(chunk)
        if self._file is None and self.size > MAX_IN_MEMORY:
            self._keeper = keeper = _Keeper()
            self._move(keeper.path, keeper.file)

    def move_to(self, path: Path) -> None:
        """Write to `path` what has arrived, and from now on what arrives. Raises OSError."""
        with self._lock:
            if self._file is not None:
                self._file.flush()
                self._chunks = [self._path.read_bytes()]
            self._move(path, path.open("wb"))
            self._keeper = None

    def _move(self, path: Path, file: IO[bytes]) -> None:
        self._path, self._file = path, file
        file.writelines(self._chunks)
        self._chunks = []

    @property
    def payload(self) -> Payload:
        with self._lock:
            if self._file is None:
                self._chunks = [b"".join(self._chunks)]
                return Payload(*self._chunks)
            if not self._file.closed:
                self._file.flush()
            return Payload._of_file(_File(self._path, self.size, self._keeper))

    def close(self) -> None:
        """No more will come. Raises OSError where the last of it cannot be written."""
        with self._lock:
            if self._file is not None:
                self._file.close()


class _Keeper:
    """A temporary file that goes when the last payload in it does, or the program ends."""

    def __init__(self) -> None:
        folder = tempfile.mkdtemp(prefix="httpkit-")
        self.path = Path(folder, "body")
        self.file = self.path.open("wb")
        weakref.finalize(self, _discard, folder, self.file)


def _discard(folder: str, file: IO[bytes]) -> None:
    file.close()
    shutil.rmtree(folder, ignore_errors=True)
