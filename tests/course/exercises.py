"""The exercises of a notebook: the cell to fill in, the check below it, and the solution that is folded below that."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

_SOLUTION = re.compile(r"<details><summary>Solution</summary>.*?```python\n(.*?)```", re.DOTALL)

# Cells that a test puts in are called after the one that they solve.
SOLVED = "-solved"


class Exercise(NamedTuple):
    """`at` is where its check stands in the notebook."""

    name: str
    at: int
    check: Any
    solution: str


def exercises_of(notebook: Any) -> Iterator[Exercise]:
    """Raises ValueError where a cell to fill in has no check, or that no solution."""
    cells = notebook.cells
    for at, cell in enumerate(cells):
        if "exercise" in cell.metadata.get("tags", ()):
            check, explained = cells[at + 1 : at + 3]
            solution = _SOLUTION.search(explained.source)
            if "check" not in check.metadata.get("tags", ()) or solution is None:
                raise ValueError(f"{cell.id} is not followed by a check and a solution")
            yield Exercise(cell.id, at + 1, check, solution[1].rstrip("\n"))


def with_solutions(notebook: Any) -> Any:
    """A copy in which each check is followed by the solution, and by the check once more."""
    copy = notebook.copy()
    copy.cells = list(notebook.cells)
    for exercise in reversed(list(exercises_of(notebook))):
        solved = exercise.check.copy()
        solved.id = exercise.check.id + SOLVED
        fill_in = exercise.check.copy()
        fill_in.id = exercise.name + SOLVED
        fill_in.source = exercise.solution
        copy.cells[exercise.at + 1 : exercise.at + 1] = [fill_in, solved]
    return copy
