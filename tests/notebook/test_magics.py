"""The magics in a real kernel."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from tests.kernel import Kernel, Output

from .test_html import Tags


@pytest.fixture(scope="module")
def lab_kernel(kernel: Kernel) -> Kernel:
    assert kernel.run("%load_ext httpkit") == Output()
    return kernel


@pytest.fixture(autouse=True)
def no_server_is_left(lab_kernel: Kernel) -> Iterator[None]:
    yield
    lab_kernel.run("%stop")


@pytest.fixture
def port(lab_kernel: Kernel) -> int:
    """The port of a server of ours, whose handler a test may change."""
    lab_kernel.run("%%serve 0\nres.end('hello')")
    return int(value(lab_kernel, "__import__('httpkit.notebook').notebook.servers()[0].port"))


def value(kernel: Kernel, expression: str) -> Any:
    output = kernel.run(expression)
    assert output.error is None, output.error
    return output.data("text/plain")[-1]


VIEW = "application/vnd.jupyter.widget-view+json"


def panel_words(output: Output) -> str:
    """What a reader sees where a server shows its panel: as HTML, and then as a widget."""
    assert [list(display.data) for display in output.displays] == [["text/html", "text/plain"], [VIEW]]
    return words(replace(output, displays=output.displays[:1]))


def words(output: Output) -> str:
    """What a reader sees of the one display there is, and nothing but a display."""
    assert (output.stdout, output.stderr, output.error) == ("", "", None)
    assert len(output.displays) == 1
    return Tags(output.data("text/html")[0].partition("</style>")[2]).words


def body(output: Output) -> str:
    """The body of the answer that is shown, as text."""
    assert (output.stdout, output.stderr, output.error) == ("", "", None)
    [shown] = re.findall(r'aria-label="Body as text">(.*?)</pre>', output.data("text/html")[-1], re.DOTALL)
    return html.unescape(shown)


def failure(output: Output) -> str:
    """The card that a failed request shows, in place of an error."""
    return words(output)


def mistake(output: Output) -> str:
    """The one line a mistake shows."""
    assert (output.stdout, output.stderr, output.displays) == ("", "", [])
    assert output.error is not None
    assert output.error.name == "Mistake"
    assert output.error.traceback == output.error.message
    return output.error.message


def test_serve_and_ask(lab_kernel: Kernel, port: int) -> None:
    assert f"Listening on http://localhost:{port}/" in panel_words(
        lab_kernel.run(f"%%serve {port}\nres.end('hi ' + req.url)")
    )
    shown = words(lab_kernel.run(f"%http :{port}/there"))
    assert f"GET http://localhost:{port}/there 200 OK It worked" in shown
    assert value(lab_kernel, "exchange.status, exchange.text") == "(200, 'hi /there')"


def test_a_handler_reads_names_of_the_notebook(lab_kernel: Kernel, port: int) -> None:
    lab_kernel.run("greeting = 'one'\nhits = 0")
    lab_kernel.run(f"%%serve {port}\nglobal hits\nhits += 1\nres.end(greeting)")
    assert body(lab_kernel.run(f"%http :{port}")) == "one"
    lab_kernel.run("greeting = 'two'")
    assert body(lab_kernel.run(f"%http :{port}")) == "two"
    assert value(lab_kernel, "hits") == "2"


def test_a_handler_may_await(lab_kernel: Kernel, port: int) -> None:
    lab_kernel.run(
        f"%%serve {port}\nperson = await req.json()\nres.end(f\"{{person['name']}}, {{person['age'] + 1}}\")"
    )
    assert body(lab_kernel.run(f"%http :{port} name=Ann age:=30")) == "Ann, 31"


@pytest.mark.parametrize("method", ["GET", "DELETE", "POST"])
def test_any_method_may_have_a_body(lab_kernel: Kernel, port: int, method: str) -> None:
    lab_kernel.run(f"%%serve {port}\nres.end(f'{{req.method}} {{await req.text()}}')")
    assert body(lab_kernel.run(f"%http {method} :{port} name=Ann")) == f'{method} {{"name": "Ann"}}'


def test_the_server_answers_while_a_cell_is_busy(lab_kernel: Kernel, port: int) -> None:
    busy = f"from urllib.request import urlopen\nurlopen('http://127.0.0.1:{port}/').read()"
    assert value(lab_kernel, busy) == "b'hello'"


def test_every_bare_magic_shows_its_result_and_an_assigned_one_does_not(lab_kernel: Kernel, port: int) -> None:
    both = lab_kernel.run(f"for path in 'ab':\n    %http :{port}\n1")
    assert [bool(display.data.get("text/html")) for display in both.displays] == [True, True, False]
    assert lab_kernel.run(f"answer = %http :{port}") == Output()
    assert value(lab_kernel, "answer.text") == "'hello'"
    assert value(lab_kernel, "answer is exchange") == "True"


def test_braces_and_dollars_are_sent_as_they_are(lab_kernel: Kernel, port: int) -> None:
    lab_kernel.run(f"%%serve {port}\nres.end(await req.text())")
    lab_kernel.run(f'path = 1\n%http :{port} data:=\'{{"path": "$path {{path}}"}}\'')
    assert value(lab_kernel, "exchange.json()") == "{'data': {'path': '$path {path}'}}"


def test_a_request_may_use_the_last_answer(lab_kernel: Kernel, port: int) -> None:
    lab_kernel.run(f"%%serve {port}\nres.end(req.url)")
    lab_kernel.run(f"%http :{port}/first")
    lab_kernel.run(f"%http :{port}{{{{exchange.text}}}}/{{{{exchange.status + 1}}}}")
    assert value(lab_kernel, "exchange.text") == "'/first/201'"


def test_a_handler_that_raises(lab_kernel: Kernel, port: int) -> None:
    lab_kernel.run(f"%%serve {port}\ndef divide(n):\n    return 1 / n\nres.end(divide(0))")
    output = lab_kernel.run(f"%http :{port}/boom")
    assert "500 Internal Server Error Something broke inside the server" in Tags(output.data("text/html")[0]).words
    lines = output.stderr.splitlines()
    assert lines[0] == "Traceback (most recent call last):"
    assert [line.split(",")[1] for line in lines if "File" in line] == [" line 4", " line 3"]
    assert all('"Cell In[' in line for line in lines if "File" in line)
    assert "    res.end(divide(0))" in lines
    assert lines[-1] == "ZeroDivisionError: division by zero"


def streams_of(kernel: Kernel, code: str) -> dict[str, str]:
    """What appears as stdout and stderr under this very cell."""
    cell = kernel.client.execute(code)
    found = {"stdout": "", "stderr": ""}
    while True:
        message = kernel.client.get_iopub_msg(timeout=30)
        if message["parent_header"].get("msg_id") != cell:
            continue
        if message["msg_type"] == "stream":
            found[message["content"]["name"]] += message["content"]["text"]
        if message["msg_type"] == "status" and message["content"]["execution_state"] == "idle":
            return found


def test_what_a_handler_prints_or_raises_appears_under_the_cell_that_asks(lab_kernel: Kernel, port: int) -> None:
    number = int(value(lab_kernel, "len(In)"))
    lab_kernel.run(f"%%serve {port}\nprint('asked for', req.url)\n1 / 0")
    shown = streams_of(lab_kernel, f"%http :{port}/a")
    assert shown["stderr"].startswith(f'Traceback (most recent call last):\n  File "Cell In[{number}]", line 3, in')
    assert shown["stdout"] == "asked for /a\n"


def test_a_server_of_the_module_shows_its_tracebacks_from_the_cell_on(lab_kernel: Kernel) -> None:
    lab_kernel.run("import httpkit as http\ndef boom(req, res):\n    1 / 0\nmine = http.createServer(boom).listen(0)")
    output = lab_kernel.run("await http.get(mine.url)\nmine.close()\nNone")
    files = [line.strip() for line in output.stderr.splitlines() if "File" in line]
    assert len(files) == 1
    assert files[0].startswith('File "Cell In[')
    assert files[0].endswith("line 3, in boom")


def test_a_syntax_error_keeps_the_old_handler(lab_kernel: Kernel, port: int) -> None:
    assert mistake(lab_kernel.run(f"%%serve {port}\nres.end('new'")) == (
        "Line 2, column 8 of the cell: '(' was never closed\nres.end('new'\n       ^"
    )
    assert body(lab_kernel.run(f"%http :{port}")) == "hello"


def test_nobody_listens(lab_kernel: Kernel, port: int) -> None:
    lab_kernel.run(f"%http :{port}\n%stop {port}")
    message = failure(lab_kernel.run(f"%http :{port}"))
    assert message.startswith(
        f"GET http://localhost:{port}/ ECONNREFUSED Nothing listens on localhost:{port} (connection refused)."
    )
    assert "connect – failed" in message
    assert message.endswith(f"Start a server there, as %%serve {port} does, or check the port.")
    # The last answer is gone, so that nobody takes it for this one's.
    assert value(lab_kernel, "'exchange' in globals()") == "False"


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("%http", "%http has no URL."),
        ("%http :3000 nonsense", "“nonsense” is not an item."),
        ("%http ftp://localhost/", "ftp:// is not supported"),
        ("%http :3000 --folow", "--folow is not an option of %http. Did you mean --follow?"),
        ("%http :3000/{{nobody}}", "{{nobody}} has no value (NameError: name 'nobody' is not defined)."),
        ("%http --file nowhere.http", "nowhere.http cannot be read: No such file or directory."),
        ("%http curl -Q http://h", "-Q"),
        ("%http curl http://h | jq .", "exchange.json()"),
        ("%%http :3000\nGET http://h/", "%%http is followed by options alone."),
        ("%har", "Expected %har FILE"),
        ("%har --open nowhere.har", "nowhere.har cannot be read"),
        ("%traffic 12345", "There is no exchange 12345."),
        ("%status frobnicate", "No status is about “frobnicate”"),
        ("%stop 1", "No server of this notebook is on port 1."),
        ("%%serve port\nres.end()", "“port” is not a port."),
    ],
)
def test_mistakes_are_one_line(lab_kernel: Kernel, code: str, message: str) -> None:
    shown = mistake(lab_kernel.run(code))
    assert message in shown
    assert "\n" not in shown


def test_an_error_of_the_kit_in_code_ends_with_the_line_that_called_it(lab_kernel: Kernel) -> None:
    error = lab_kernel.run("import httpkit as http\nhttp.send('GET', 'http://localhost:1/')").error
    assert error is not None
    lines = error.traceback.splitlines()
    assert lines[-1].startswith("SystemCallError: connect ECONNREFUSED 127.0.0.1:1")
    assert "----> 2 http.send('GET', 'http://localhost:1/')" in lines
    assert not [line for line in lines if "/httpkit/" in line]


def test_a_server_that_is_not_trusted_is_told_in_a_line(lab_kernel: Kernel) -> None:
    lab_kernel.run(
        "import httpkit as http\nfrom tests.certificates import identity\n"
        "secure = http.https.createServer(identity('self-signed'), lambda req, res: res.end('hi')).listen()"
    )
    shown = failure(lab_kernel.run("%http {{secure.url}}"))
    assert "did not prove who it is (self-signed certificate" in shown
    lab_kernel.run("secure.close()")


def test_plain_http_is_no_tls(lab_kernel: Kernel, port: int) -> None:
    lab_kernel.run(f"%%serve {port}\nres.end()")
    assert "does not speak TLS as it should" in failure(lab_kernel.run(f"%http https://localhost:{port}/"))
    lab_kernel.run(f"%stop {port}")


def test_waiting_ends_after_the_timeout(lab_kernel: Kernel, port: int) -> None:
    lab_kernel.run(f"%%serve {port}\nres.write('')")
    shown = failure(lab_kernel.run(f"%http :{port} --timeout 0.05"))
    assert f"ETIMEDOUT localhost:{port} has not answered in time." in shown


def test_an_interrupt_ends_the_waiting(lab_kernel: Kernel, port: int) -> None:
    lab_kernel.run(f"%%serve {port}\nimport os, signal\nos.kill(os.getpid(), signal.SIGINT)")
    assert mistake(lab_kernel.run(f"%http :{port}/slow")).startswith(
        f"Stopped waiting for http://localhost:{port}/slow"
    )
    assert value(lab_kernel, "1") == "1"


def test_status(lab_kernel: Kernel) -> None:
    assert words(lab_kernel.run("%status 404")).startswith("404 Not Found There is nothing at this URL")
    assert words(lab_kernel.run("%status 404  # with a comment")).startswith("404 Not Found ")
    assert words(lab_kernel.run("%status teapot")).startswith("418 I'm a Teapot")
    assert "429 Too Many Requests" in words(lab_kernel.run("%status 4xx"))
    assert "511 Network Authentication Required" in words(lab_kernel.run("%status"))
    assert "511 Network Authentication Required" in words(lab_kernel.run("import httpkit\nhttpkit.STATUS_CODES"))
    assert "GET Send me this" in words(lab_kernel.run("httpkit.METHODS"))


def test_servers_and_stop(lab_kernel: Kernel, port: int) -> None:
    assert words(lab_kernel.run("%servers")) == f"● Listening on http://localhost:{port}/ %%serve"
    assert lab_kernel.run("%stop") == Output()
    assert words(lab_kernel.run("%servers")) == "No server is running."


def test_messages_and_servers_of_the_module_are_shown(lab_kernel: Kernel) -> None:
    lab_kernel.run("import httpkit as http\nmine = http.createServer(lambda req, res: res.end('hi'))")
    assert "Listening on http://127.0.0.1:" in panel_words(lab_kernel.run("mine.listen(0)"))
    assert words(lab_kernel.run("req = http.get(mine.url + '?token=abc')\nreq")).startswith("GET http://127.0.0.1:")
    shown = words(lab_kernel.run("res = await req\nres"))
    assert shown.startswith("200 OK It worked, and here is the result HTTP/1.1 200 OK")
    assert "await res.text()" in shown
    lab_kernel.run("mine.close()")


def test_a_reload_starts_afresh(lab_kernel: Kernel, port: int) -> None:
    assert lab_kernel.run("%reload_ext httpkit") == Output()
    assert "Nothing listens" in failure(lab_kernel.run(f"%http :{port}"))


STATE = """
import linecache, httpkit.diagnostics, httpkit.loop, httpkit.redact
from httpkit.notebook import sessions, traffic
shell = get_ipython()
{
    "line": sorted(shell.magics_manager.magics["line"]),
    "cell": sorted(shell.magics_manager.magics["cell"]),
    "status": shell.magics_manager.magics["line"].get("status"),
    "transformers": len(shell.ast_transformers),
    "sources": sorted(name for name in linecache.cache if name.startswith("Cell")),
    "reporter": httpkit.errors._reporter.__name__,
    "exceptions": (shell.custom_exceptions, shell.CustomTB),
    "matchers": len(shell.Completer.custom_matchers),
    "subscribers": {name: len(channel.subscribers) for name, channel in httpkit.diagnostics._channels.items()},
    "recorded": len(traffic()),
    "sessions": len(sessions._sessions),
    "secrets": len(httpkit.redact._known),
}
"""


def test_unload_leaves_nothing_behind(lab_kernel: Kernel) -> None:
    lab_kernel.run("%unload_ext httpkit")
    try:
        lab_kernel.run("get_ipython().register_magic_function(lambda line: 'mine', 'line', 'status')")
        before = value(lab_kernel, STATE)
        lab_kernel.run("%load_ext httpkit")
        lab_kernel.run("%%serve 0\nres.end()")
        lab_kernel.run("made = __import__('httpkit.notebook').notebook.servers()[0].server")
        assert lab_kernel.run("%http {{made.url}} --auth a:secret-1 --session one").error is None
        assert value(lab_kernel, STATE) != before
        lab_kernel.run("%unload_ext httpkit")
        assert value(lab_kernel, STATE) == before
        assert value(lab_kernel, "made.listening") == "False"
        assert value(lab_kernel, "%status") == "'mine'"
    finally:
        lab_kernel.run("%load_ext httpkit")
