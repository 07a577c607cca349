"""What one can ask of a server that listens, and of the loop it lives on."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import Any

import pytest

import httpkit as http
from tests.loops import happens


def test_its_port_is_known_while_it_listens() -> None:
    server = http.createServer()
    assert (server.port, server.url) == (0, "")
    server.listen(0)
    assert server.url == f"http://127.0.0.1:{server.port}/"
    assert server.port > 0
    server.close()
    assert (server.port, server.url) == (0, "")


@pytest.mark.skipif(os.name == "nt", reason="there are no Unix sockets")
def test_a_unix_socket_has_no_port(tmp_path: Path) -> None:
    server = http.createServer().listen(str(tmp_path / "socket"))
    assert (server.port, server.url) == (0, f"unix:{tmp_path / 'socket'}")
    server.close()


def test_a_loop_knows_the_servers_that_listen_on_it() -> None:
    async def main() -> None:
        first, second = http.createServer(), http.createServer()
        home = first._home
        assert home.servers == set()
        first.listen(0)
        second.listen(0)
        assert home.servers == {first, second}
        closed = happens(first, "close")
        first.close()
        assert home.servers == {second}
        await closed
        second.close()
        assert home.servers == set()

    asyncio.run(main())


def test_one_that_could_not_listen_is_not_among_them() -> None:
    holder, late = http.createServer().listen(0), http.createServer()
    with pytest.raises(OSError, match="EADDRINUSE"):
        late.listen(holder.port)
    assert holder in holder._home.servers
    assert late not in holder._home.servers
    holder.close()


def test_whoever_holds_the_port_is_named() -> None:
    holder = http.createServer().listen(0)
    with pytest.raises(OSError, match="EADDRINUSE") as failed:
        http.createServer().listen(holder.port)
    assert f"It is taken by {holder!r} of this program" in "".join(failed.value.__notes__)
    holder.close()


def test_a_server_that_closes_while_another_thread_asks_has_no_address(monkeypatch: pytest.MonkeyPatch) -> None:
    server = http.createServer().listen(0)
    listening: Any = server._listening
    server.close()
    # As it is for a moment on the loop's thread.
    monkeypatch.setattr(server, "_listening", listening)
    listening.close()
    assert (server.address(), server.port, server.url) == (None, 0, "")
