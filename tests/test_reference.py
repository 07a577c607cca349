"""The reference says what the code says, and leaves nothing out."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests import reference

PAGES = reference.pages()


@pytest.mark.parametrize("file", PAGES)
def test_a_page_is_as_the_code_is(file: str) -> None:
    # `make reference` writes it anew.
    assert (reference.FOLDER / file).read_text() == PAGES[file]


def test_there_is_no_page_of_what_is_gone() -> None:
    assert sorted(path.name for path in reference.FOLDER.iterdir()) == sorted(PAGES)


@pytest.mark.parametrize("file", [file for file in PAGES if file != "README.md"])
def test_everything_public_says_what_it_is(file: str) -> None:
    sections: list[Any] = re.split(r"^### ", PAGES[file], flags=re.MULTILINE)[1:]
    assert sections
    for section in sections:
        heading, _, text = section.partition("\n")
        assert re.search(r"[a-z]{3}", text), heading


def test_every_public_module_has_a_page() -> None:
    index = PAGES["README.md"]
    assert re.findall(r"\]\((.*?)\)", index) == [f"{name}.md" for name in reference.MODULES] + ["../coverage.md"]
