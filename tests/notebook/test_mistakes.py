"""A person's mistakes, in one line, or with a pointer to the place."""

from __future__ import annotations

from httpkit.notebook.mistakes import Mistake, pointed_out


def test_a_notebook_shows_the_message_alone() -> None:
    assert Mistake("one line")._render_traceback_() == ["one line"]


def test_a_place_is_kept_once_it_is_known() -> None:
    mistake = Mistake("no")
    assert mistake.offset is None
    assert mistake.at(3) is mistake
    assert mistake.at(7).offset == 3


def test_a_place_in_a_text_is_pointed_out() -> None:
    assert str(pointed_out("wrong.", ["GET x", "Y"], 1, 5)) == "Line 1, column 5 of the cell: wrong.\nGET x\n    ^"
    assert str(pointed_out("wrong.", [], 3, 1, "a.http")) == "Line 3, column 1 of a.http: wrong.\n\n^"


def test_a_long_line_is_shown_around_the_place() -> None:
    _, shown, pointer = str(pointed_out("wrong.", ["x" * 300 + "!" + "y" * 300], 1, 301)).split("\n")
    assert shown.startswith("…x")
    assert len(shown) < 110
    assert shown[pointer.index("^")] == "!"
