"""What went over the wire, listed, filtered, saved and opened."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from httpkit.notebook import ask, open_har, save_har, serve, stop, traffic
from httpkit.notebook.mistakes import Mistake
from httpkit.notebook.recording import is_status


@pytest.fixture
def port() -> Iterator[int]:
    served = serve(lambda req, res: res.writeHead(404 if req.url == "/no" else 200).end(), 0)
    yield served.port
    stop(served.port)


def test_functions_alone_record_too(port: int) -> None:
    ask(f":{port}/a")
    ask(f"POST :{port}/no x=1")
    assert [entry.exchange.request.method for entry in traffic()] == ["GET", "POST"]
    assert all(entry.served is not None for entry in traffic())


def test_words_filter(port: int) -> None:
    for line in (f":{port}/a", f"POST :{port}/no x=1", f":{port}/b?q=a"):
        ask(line)

    def found(words: str) -> list[str]:
        return [entry.exchange.request.url.rpartition("/")[2] for entry in traffic(words)]

    assert found("post") == ["no"]
    assert found("404") == found("4xx") == found("errors") == ["no"]
    assert found("/a GET") == ["a"]
    assert found("client") == found("server") == ["a", "no", "b?q=a"]
    with pytest.raises(Mistake, match="None of the 3 exchanges matches “nonsense”"):
        traffic("nonsense")


def test_one_by_its_number(port: int) -> None:
    exchange = ask(f":{port}/a")
    number = traffic()[-1].number
    assert traffic().exchange(number).response == exchange.response  # type: ignore[union-attr]
    with pytest.raises(Mistake, match=f"There is no exchange {number + 1}. There are {number} to {number}."):
        traffic().exchange(number + 1)


def test_a_redirect_is_saved_once(tmp_path: Path) -> None:
    def handler(req: object, res: object) -> None:
        if req.url == "/old":  # type: ignore[attr-defined]
            res.writeHead(302, {"Location": "/new"}).end()  # type: ignore[attr-defined]
        else:
            res.end("new")  # type: ignore[attr-defined]

    served = serve(handler, 0)
    ask(f"--follow :{served.port}/old")
    archive = open_har(save_har(tmp_path / "a.har"))
    assert [each.request.url.rpartition("/")[2] for each in archive] == ["old", "new"]
    stop(served.port)


def test_nothing_to_save_or_open(tmp_path: Path) -> None:
    with pytest.raises(Mistake, match="There is nothing to save"):
        save_har(tmp_path / "a.har")
    with pytest.raises(Mistake, match="cannot be read: No such file"):
        open_har(tmp_path / "b.har")
    (tmp_path / "c.har").write_text("[]")
    with pytest.raises(Mistake, match="no HAR file"):
        open_har(tmp_path / "c.har")


def test_three_digits_are_a_status() -> None:
    assert [is_status(word) for word in ("200", "599", "600", "12", "1234", "abc")] == [
        True,
        True,
        False,
        False,
        False,
        False,
    ]
