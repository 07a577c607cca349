"""Files of cookies: which of them go with a request."""

from __future__ import annotations

import time

import pytest

from httpkit.notebook.cookie_file import cookies_for


def _line(
    domain: str = "h.example", subdomains: str = "FALSE", path: str = "/", secure: str = "FALSE", expires: float = 0
) -> str:
    return f"{domain}\t{subdomains}\t{path}\t{secure}\t{expires:.0f}\ta\t1"


@pytest.mark.parametrize(
    ("line", "url", "goes"),
    [
        (_line(), "http://h.example/", True),
        (_line(), "http://H.EXAMPLE:3000", True),
        (_line(), "http://www.h.example/", False),
        (_line(subdomains="TRUE"), "http://www.h.example/", True),
        (_line(".h.example", "TRUE"), "http://h.example/", True),
        (_line(".h.example", "TRUE"), "http://evilh.example/", False),
        (_line("#HttpOnly_h.example"), "http://h.example/", True),
        (_line("# h.example"), "http://h.example/", False),
        (_line(path="/a"), "http://h.example/a", True),
        (_line(path="/a"), "http://h.example/a/b?c", True),
        (_line(path="/a/"), "http://h.example/a/b", True),
        (_line(path="/a"), "http://h.example/ab", False),
        (_line(secure="TRUE"), "http://h.example/", False),
        (_line(secure="TRUE"), "https://h.example/", True),
        (_line("localhost", secure="TRUE"), "http://localhost:3000/", True),
        (_line(expires=time.time() + 1000), "http://h.example/", True),
        (_line(expires=time.time() - 1000), "http://h.example/", False),
    ],
)
def test_which_cookies_go_with_a_request(line: str, url: str, goes: bool) -> None:
    assert cookies_for(f"# a comment\n\n{line}\n", url) == (["a=1"] if goes else [])


def test_those_of_longer_paths_go_first() -> None:
    text = (
        "h\tFALSE\t/\tFALSE\t0\ta\t1\n"
        "h\tFALSE\t/b\tFALSE\t0\tb\t2\n"
        "h\tFALSE\t/\tFALSE\tsoon\tx\t3\n"
        "h\tFALSE\t/\tFALSE\t0\tempty\n"
    )
    assert cookies_for(text, "http://h/b") == ["b=2", "a=1", "empty="]


def test_a_file_of_something_else() -> None:
    with pytest.raises(ValueError, match="no line has the seven fields of a cookie"):
        cookies_for('{"a": 1}', "http://h/")
    assert cookies_for("# nothing yet\n", "http://h/") == []
