"""`make outputs`: runs every notebook and stores what its cells show; what was the same before stays, byte for byte."""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.course import notebooks


def refresh(path: Path) -> None:
    before = notebooks.read(path)
    with TemporaryDirectory() as folder:
        after = notebooks.stored(notebooks.executed(before, Path(folder)))
    changed = 0
    for old, new in zip(before.cells, after.cells, strict=True):
        if new.cell_type == "code" and notebooks.is_same(old, new):
            new.outputs = old.outputs
        else:
            changed += new.cell_type == "code"
    notebooks.write(after, path)
    print(
        f"{path.name}: {changed} of {len(after.cells)} cells show something new"
        if changed
        else f"{path.name}: as it was"
    )


if __name__ == "__main__":
    names = sys.argv[1:]
    for each in notebooks.PATHS:
        if not names or any(name in each.name for name in names):
            refresh(each)
