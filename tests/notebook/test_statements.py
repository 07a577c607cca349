"""Which magics show their result."""

from __future__ import annotations

import ast

import pytest

from httpkit.notebook.statements import ShowResults

HTTP = "get_ipython().run_line_magic('http', ':3000')"
SHOWN = f"__import__('httpkit.notebook').notebook.show({HTTP})"


@pytest.mark.parametrize(
    ("cell", "becomes"),
    [
        (HTTP, SHOWN),
        (f"x = 1\n{HTTP}\nx", f"x = 1\n{SHOWN}\nx"),
        (f"for each in range(2):\n    {HTTP}", f"for each in range(2):\n    {SHOWN}"),
        (f"answer = {HTTP}", f"answer = {HTTP}"),
        ("get_ipython().run_line_magic('time', '')", "get_ipython().run_line_magic('time', '')"),
        ("run_line_magic('http', '')", "run_line_magic('http', '')"),
        ("print(1)", "print(1)"),
    ],
)
def test_only_a_magic_of_ours_by_itself_is_shown(cell: str, becomes: str) -> None:
    tree = ShowResults({"http"}).visit(ast.parse(cell))
    compile(tree, "cell", "exec")
    assert ast.unparse(tree) == becomes
