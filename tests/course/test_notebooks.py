"""Every notebook does what it says: cells show what is stored, no exercise is solved, and every solution solves."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import nbformat
import pytest

from tests.course import notebooks
from tests.course.exercises import SOLVED, exercises_of, with_solutions

COURSE = [path for path in notebooks.PATHS if path.name[0].isdigit()]


@pytest.fixture(scope="module", params=notebooks.PATHS, ids=lambda path: path.stem)
def path(request: pytest.FixtureRequest) -> Path:
    given: Path = request.param
    return given


@pytest.fixture(scope="module")
def stored(path: Path) -> Any:
    return notebooks.read(path)


@pytest.fixture(scope="module")
def run(stored: Any, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The cells after a run from top to bottom, by id; those of the solutions among them."""
    after = notebooks.executed(with_solutions(stored), tmp_path_factory.mktemp("notebook"))
    return {cell.id: cell for cell in after.cells if cell.cell_type == "code"}


def test_each_cell_shows_what_is_stored(stored: Any, run: dict[str, Any]) -> None:
    shown = {cell.id: notebooks.shown(cell) for cell in stored.cells if cell.cell_type == "code"}
    new = {name: notebooks.shown(notebooks.stored_cell(run[name])) for name in shown}
    # `make outputs` stores them anew.
    assert {name: notebooks.lasting(text) for name, text in new.items()} == {
        name: notebooks.lasting(text) for name, text in shown.items()
    }


def test_no_exercise_is_solved_before_and_each_is_after(stored: Any, run: dict[str, Any]) -> None:
    for exercise in exercises_of(stored):
        before = notebooks.shown(run[exercise.check.id])
        assert "✗" in before, exercise.name
        after = notebooks.shown(run[exercise.check.id + SOLVED])
        assert "✓" in after, exercise.name
        assert "✗" not in after, exercise.name


def test_nothing_fails_that_should_not(run: dict[str, Any]) -> None:
    for cell in run.values():
        failed = [output for output in cell.outputs if output.output_type == "error"]
        assert not failed or "raises-exception" in cell.metadata.tags, cell.id


def test_it_is_well_formed(stored: Any) -> None:
    nbformat.validate(stored)
    assert (stored.nbformat, stored.nbformat_minor) == (4, 5)
    assert stored.cells[0].source.startswith("# ")
    assert [cell.id for cell in stored.cells if re.fullmatch(r"[0-9a-f]{8}", cell.id)] == []


def test_what_is_stored_are_texts(stored: Any) -> None:
    for cell in stored.cells:
        for output in cell.get("outputs", ()):
            assert set(output.get("data", ())) <= {"text/plain"}, cell.id
        assert len(notebooks.shown(cell)) < 6_000, cell.id


def test_it_asks_and_has_exercises(stored: Any) -> None:
    assert any("**Predict.**" in cell.source and cell.source.count("<details>") > 1 for cell in stored.cells)
    assert list(exercises_of(stored))


def test_what_is_to_be_predicted_is_covered(stored: Any) -> None:
    """In JupyterLab the output of the cell that answers a question is folded until somebody runs the cell."""
    for cell in stored.cells:
        is_answer = "reveal" in cell.metadata.get("tags", ())
        assert bool(cell.metadata.get("jupyter", {}).get("outputs_hidden")) == is_answer, cell.id


def test_it_needs_no_internet(stored: Any) -> None:
    for cell in stored.cells:
        if cell.cell_type == "code":
            hosts = re.findall(r"(?:https?|wss?)://([^/:\"'\s)]+)", cell.source)
            assert all(host.startswith(("localhost", "{{host}}")) or host.endswith(".example") for host in hosts), (
                cell.id
            )


def test_its_links_lead_somewhere(stored: Any) -> None:
    for cell in stored.cells:
        if cell.cell_type == "markdown":
            for target in re.findall(r"\]\((?!https?://)([^)#]+)", cell.source):
                assert (notebooks.FOLDER / target).exists(), f"{cell.id}: {target}"


def test_the_table_of_contents_has_them_all() -> None:
    contents = (notebooks.FOLDER / "README.md").read_text()
    named = re.findall(r"\(([^)]+\.ipynb)\)", contents)
    assert sorted(named) == [path.name for path in notebooks.PATHS]
    for before, after in pairwise(COURSE):
        assert f"]({after.name})" in notebooks.read(before).cells[-1].source, before.name
