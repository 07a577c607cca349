"""A sample of the notebooks in a real JupyterLab: what a reader does there, and sees."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.course import notebooks
from tests.course.exercises import exercises_of
from tests.jupyter import Lab, Notebook


@contextmanager
def opened(name: str, lab: Lab, browser: Browser) -> Iterator[Notebook]:
    """A copy of a notebook, as a reader finds it."""
    path = notebooks.found(name)
    notebooks.write(notebooks.with_ports(notebooks.read(path), notebooks.free_ports()), Path(lab.root, path.name))
    with browser.new_context(viewport={"width": 1100, "height": 1000}) as context:
        yield lab.open(context.new_page(), path.name)


def at(name: str, cell: str) -> int:
    """Where a cell stands."""
    return [each.id for each in notebooks.read(notebooks.found(name)).cells].index(cell)


def test_what_is_to_be_predicted_is_covered_until_its_cell_runs(lab: Lab, browser: Browser) -> None:
    with opened("04", lab, browser) as notebook:
        answer = notebook.cells.nth(at("04", "who-reveal"))
        expect(answer.locator(".jp-OutputPlaceholder")).to_be_visible()
        expect(answer.get_by_text("401 Unauthorized")).to_have_count(0)
        question = notebook.cells.nth(at("04", "who-predict")).locator(".jp-MarkdownOutput")
        question.get_by_text("403 Forbidden", exact=True).click()
        expect(question.get_by_text("It does not invite you to log in")).to_be_visible()
        expect(question.get_by_text("historical mistake")).to_be_hidden()

        notebook.run_all()
        expect(answer.locator(".jp-OutputPlaceholder")).to_be_hidden()
        expect(answer.locator(".httpkit-badge")).to_have_text("401 Unauthorized")


@pytest.mark.parametrize("name", ["01", "04"])
def test_a_check_says_what_is_missing_until_the_exercise_is_solved(name: str, lab: Lab, browser: Browser) -> None:
    with opened(name, lab, browser) as notebook:
        notebook.run_all()
        first = next(exercises_of(notebooks.read(Path(lab.root, notebooks.found(name).name))))
        check = notebook.cells.nth(at(name, first.check.id)).get_by_role("region", name="Checks")
        expect(check.locator(".httpkit-no").first).to_be_visible()
        expect(check.get_by_text("Solved")).to_have_count(0)

        notebook.run(first.solution)
        check = notebook.run(first.check.source).get_by_role("region", name="Checks")
        expect(check.get_by_text("Solved")).to_be_visible()
        expect(check.locator(".httpkit-no")).to_have_count(0)


def test_the_gallery_is_alive(lab: Lab, browser: Browser) -> None:
    with opened("16", lab, browser) as notebook:
        notebook.run_all()
        for cell in ("panel", "traffic", "traffic-reveal", "builder", "explorer", "agent", "slow", "together"):
            expect(notebook.cells.nth(at("16", cell)).locator(".httpkit-live:visible").first).to_be_visible()
        errors = notebook.cells.nth(at("16", "traffic-reveal")).locator(".httpkit-live")
        expect(errors.get_by_role("row").filter(has_text="/status/404")).to_have_count(1)


def test_links_lead_from_one_notebook_to_the_next(lab: Lab, browser: Browser) -> None:
    (lab.root / "03-methods.ipynb").write_text((notebooks.FOLDER / "03-methods.ipynb").read_text())
    with opened("02", lab, browser) as notebook:
        link = notebook.cells.nth(at("02", "end")).get_by_role("link", name="methods")
        link.click()
        notebook.page.get_by_role("heading", name="Methods, and two promises").wait_for()


FORMULAS = """
from IPython.display import HTML, display
from httpkit.notebook.html import card

display(HTML(str(card("Prices", "Expected $.a to be 1, got $.b"))), HTML("<p>$x$</p>"))
"""


def test_a_dollar_in_what_is_shown_begins_no_formula(lab: Lab, browser: Browser) -> None:
    with opened("04", lab, browser) as notebook:
        shown = notebook.run(FORMULAS)
        # JupyterLab has looked for formulas.
        expect(shown.locator("p mjx-container")).to_have_count(1)
        expect(shown.locator(".httpkit")).to_contain_text("Expected $.a to be 1, got $.b")
        expect(shown.locator(".httpkit mjx-container")).to_have_count(0)
