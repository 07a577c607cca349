"""Cells as handlers."""

from __future__ import annotations

import asyncio
import inspect
import linecache
import traceback
from typing import Any

import pytest

from httpkit.notebook.cells import compile_cell, forget_cells
from httpkit.notebook.mistakes import Mistake

NAME = "Cell In[7]"


def handler(source: str, namespace: dict[str, Any] | None = None) -> Any:
    return compile_cell("%%serve 3000", source, {} if namespace is None else namespace, NAME)


class Response:
    def __init__(self) -> None:
        self.ended: object = None

    def end(self, body: object = None) -> None:
        self.ended = body


def answer(source: str, namespace: dict[str, Any] | None = None) -> object:
    response = Response()
    result = handler(source, namespace)("the request", response)
    if inspect.isawaitable(result):
        asyncio.run(asyncio.wait_for(result, 5))
    return response.ended


def test_req_and_res_are_in_scope() -> None:
    assert answer("res.end(req)") == "the request"


def test_return_ends_the_handler() -> None:
    assert answer("if req:\n    res.end('early')\n    return\nres.end('late')") == "early"


def test_names_of_the_notebook_are_read_when_the_request_comes() -> None:
    namespace = {"greeting": "hello"}
    made = handler("res.end(greeting)", namespace)
    namespace["greeting"] = "goodbye"
    response = Response()
    made(None, response)
    assert response.ended == "goodbye"


def test_what_a_cell_assigns_is_its_own_unless_it_says_global() -> None:
    namespace = {"hits": 1}
    assert answer("hits = 5\nres.end(hits)", namespace) == 5
    assert namespace["hits"] == 1
    assert answer("global hits\nhits += 1\nres.end(hits)", namespace) == 2
    assert namespace["hits"] == 2


def test_lines_of_a_string_are_not_indented() -> None:
    assert answer('res.end("""a\n  b\n""")') == "a\n  b\n"


@pytest.mark.parametrize(
    "source",
    [
        "await pause()\nres.end(1)",
        "res.end([each async for each in items()])",
        "async with lock:\n    res.end(1)",
        "async for each in items():\n    res.end(each)",
    ],
)
def test_a_cell_that_awaits_is_a_coroutine(source: str) -> None:
    assert inspect.iscoroutinefunction(handler(source).function)


@pytest.mark.parametrize(
    "source", ["res.end(1)", "async def later():\n    await pause()\nres.on('close', later); res.end()"]
)
def test_a_cell_that_awaits_nothing_is_a_plain_function(source: str) -> None:
    assert not inspect.iscoroutinefunction(handler(source).function)


def test_await_works() -> None:
    async def pause() -> str:
        await asyncio.sleep(0)
        return "rested"

    assert answer("res.end(await pause())", {"pause": pause}) == "rested"


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("res.end(", "Line 2, column 8 of the cell: '(' was never closed\nres.end(\n       ^"),
        ("x = 1\nif x\n    res.end()", "Line 3, column 5 of the cell: expected ':'\nif x\n    ^"),
        ("res.end()\nbreak", "Line 3, column 1 of the cell: 'break' outside loop\n"),
        ("%status 404", "Line 2, column 1 of the cell: invalid syntax\n%status 404\n^"),
    ],
)
def test_a_syntax_error_is_pointed_at(source: str, message: str) -> None:
    with pytest.raises(Mistake) as caught:
        handler(source)
    assert str(caught.value).startswith(message)


def test_a_traceback_shows_the_lines_of_the_cell() -> None:
    made = handler("x = 0\n1 / x\nres.end()")
    with pytest.raises(ZeroDivisionError) as caught:
        made(None, None)
    assert f'File "{NAME}", line 3, in handler\n    1 / x\n' in "".join(traceback.format_exception(caught.value))


def test_the_text_of_cells_is_kept_only_as_long_as_it_is_wanted() -> None:
    handler("res.end()")
    assert linecache.getline(NAME, 1) == "%%serve 3000\n"
    forget_cells()
    assert linecache.getline(NAME, 1) == ""


NEVER_ENDS = ("It never ends its response, so clients will wait: add `res.end()`.",)


@pytest.mark.parametrize(
    ("source", "hints"),
    [
        ("res.end()", ()),
        ("res.writeHead(204).end()", ()),
        ("req.pipe(res)", ()),
        ("route(req, res)", ()),
        ("res.destroy()", ()),
        ("def later():\n    res.end()\nreq.on('end', later)", ()),
        ("# nothing yet", NEVER_ENDS),
        ("res.write('hello')", NEVER_ENDS),
        ("return 'hello'", NEVER_ENDS),
        ("hits += 1\nres.end()", ("It changes `hits`, which is the notebook's: add the line `global hits`.",)),
        ("global hits\nhits += 1\nres.end()", ()),
        ("other = 1\nother += 1\nres.end()", ()),
    ],
)
def test_hints(source: str, hints: tuple[str, ...]) -> None:
    assert handler(source, {"hits": 0}).hints == hints
