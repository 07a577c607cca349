"""`%http`, `%%http`, `%traffic` and `%har` in a real kernel: everything that is a matter of the notebook."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.kernel import Display, Kernel, Output

from .test_html import Tags
from .test_magics import body, failure, mistake, value, words

SERVER = r"""
import asyncio, json
async def answer(req, res):
    path = req.url.partition("?")[0]
    if path == "/login":
        res.writeHead(200, {"Content-Type": "application/json", "Set-Cookie": "sid=cookie-value-1; Path=/"})
        res.end(json.dumps({"token": "token-value-1", "user": (await req.json())["user"]}))
    elif path == "/old":
        res.writeHead(302, {"Location": "/new"}).end()
    elif path == "/cut":
        res.writeHead(200, {"Content-Length": 100})
        res.write("abc")
        await asyncio.sleep(0.05)
        res.destroy()
    elif path == "/large":
        res.writeHead(200, {"Content-Length": "4000000", "Content-Type": "application/octet-stream"})
        for _ in range(40):
            res.write(bytes(100_000))
            await asyncio.sleep(0.03)
        res.end()
    elif path == "/events":
        res.writeHead(200, {"Content-Type": "text/event-stream"})
        for number in range(100):
            res.write(f"data: event {number}\n\n")
            await asyncio.sleep(0.05)
            if req.url.endswith("?one"):
                await asyncio.sleep(60)
        res.end()
    else:
        res.setHeader("Content-Type", "application/json")
        res.end(json.dumps({"method": req.method, "url": req.url, "body": await req.text(), **req.headers}))
"""


@pytest.fixture(scope="module")
def lab(kernel: Kernel) -> Iterator[Kernel]:
    kernel.run("%load_ext httpkit\nimport httpkit as http")
    assert kernel.run(SERVER + "\nserver = http.createServer(answer).listen(0)").error is None
    kernel.run("port, base = server.port, f'http://localhost:{server.port}'")
    yield kernel
    kernel.run("server.close()")
    kernel.run("server.closeAllConnections()")


@pytest.fixture(autouse=True)
def afresh(lab: Kernel) -> None:
    lab.run("%traffic clear\nfrom httpkit.notebook.sessions import forget_sessions\nforget_sessions()")


def shown(display: Display) -> str:
    return Tags(display.data["text/html"].partition("</style>")[2]).words


def found(kernel: Kernel, expression: str) -> Any:
    """A value of the notebook's that JSON can say."""
    return json.loads(eval(value(kernel, f"__import__('json').dumps({expression})")))


def test_a_cell_of_requests(lab: Kernel) -> None:
    output = lab.run(
        "%%http\n@who = Ann\n\n### Log in\n# @name login\nPOST {{base}}/login\nContent-Type: application/json\n\n"
        '{"user": "{{who}}"}\n\n### Who am I?\nGET {{base}}/me?who={{login.response.body.$.user}}\n'
        "Authorization: Bearer {{login.response.body.$.token}}\n"
    )
    assert (output.stdout, output.stderr, output.error) == ("", "", None)
    first, second = map(shown, output.displays)
    assert first.startswith("POST http://localhost:")
    assert "login 200 OK" in first
    assert "/me?who=Ann 200 OK" in second
    # Both are the notebook's now, and so is the variable.
    assert found(lab, "[login.status, exchange.json()['authorization'], exchanges['login'] is login, who]") == [
        200,
        "Bearer token-value-1",
        True,
        "Ann",
    ]
    # The cookie went along, and no secret is shown.
    assert found(lab, "exchange.json()['cookie']") == "sid=cookie-value-1"
    assert "value-1" not in str(output)


def test_a_line_in_a_function_sees_its_names(lab: Kernel) -> None:
    lab.run("place = 'global'\ndef ask(place):\n    %http {{base}}/{{place}}\n    return exchange.json()['url']")
    assert found(lab, "ask('local')") == "/local"
    lab.run("answer = %http {{base}}/{{place}}")
    assert found(lab, "answer.json()['url']") == "/global"


def test_names_of_one_cell_are_known_in_the_next(lab: Kernel) -> None:
    lab.run("%%http\n@place = {{base}}/there\n# @name here\nGET {{place}}")
    lab.run("%%http\nGET {{place}}/{{here.response.headers.content-type}}/{{here.status + 1}}")
    assert found(lab, "exchange.json()['url']") == "/there/application/json/201"
    lab.run("%http {{place}}?q={{here.response.body.$.method}}")
    assert found(lab, "exchange.json()['url']") == "/there?q=GET"


def test_a_mistake_in_a_cell_is_pointed_at_and_nothing_is_sent(lab: Kernel) -> None:
    assert mistake(lab.run("%%http\nGET {{base}}/\n\n###\nGTE {{base}}/")) == (
        "Line 5, column 1 of the cell: GTE is not a method. Did you mean GET?\nGTE {{base}}/\n^"
    )
    assert words(lab.run("%traffic")).startswith("Nothing yet.")
    assert mistake(lab.run("%%http\nGET {{base}}/{{wo}}")) == (
        "Line 2, column 14 of the cell: {{wo}} has no value (NameError: name 'wo' is not defined; did you mean who?).\n"
        "GET {{base}}/{{wo}}\n             ^"
    )


def test_what_is_not_run_is_said(lab: Kernel) -> None:
    output = lab.run("%%http\nGET {{base}}/\n\n> {%\n client.test('x')\n%}")
    assert [shown(display).partition(" 200")[0] for display in output.displays][1:] == [
        "Line 4: A script: it is not run. In a notebook, write it in Python in the next cell."
    ]


def test_a_file_and_one_request_of_it(lab: Kernel) -> None:
    lab.run(
        "from pathlib import Path\nPath('api.http').write_text('''@path = one\\n###\\n# @name first\\n"
        "GET {{base}}/{{path}}\\n###\\n# @name second\\nGET {{base}}/two\\n''')"
    )
    both = words(lab.run("%http --file api.http"))
    assert both.index("/one first 200 OK") < both.index("/two second 200 OK")
    assert found(lab, "[each.json()['url'] for each in exchanges]") == ["/one", "/two"]
    lab.run("%http --file api.http --name second")
    assert found(lab, "[exchange.json()['url'], second is exchange, 'path' in globals()]") == ["/two", True, False]
    assert "There are: first, second." in mistake(lab.run("%http --file api.http --name third"))


def test_curl_in_a_line_and_as_a_cell(lab: Kernel) -> None:
    lab.run("%http curl {{base}}/a -d x=1 -d y=2")
    assert found(lab, "[exchange.json()[each] for each in ('method', 'url', 'body')]") == ["POST", "/a", "x=1&y=2"]
    lab.run("%%http\ncurl '{{base}}/b' \\\n  -H 'X-Trace: 7' \\\n  --data-raw $'it\\'s'")
    assert found(lab, "[exchange.json()[each] for each in ('url', 'x-trace', 'body')]") == ["/b", "7", "it's"]


def test_options_of_a_line(lab: Kernel) -> None:
    lab.run("%http --form POST {{base}} a=1 'b=x y'")
    assert found(lab, "exchange.json()['body']") == "a=1&b=x+y"
    lab.run("%http --auth ann:pass-word-1 {{base}}")
    assert found(lab, "exchange.json()['authorization']") == "Basic YW5uOnBhc3Mtd29yZC0x"
    assert "302 Found" in words(lab.run("%http {{base}}/old"))
    assert "302 Found leads to /new GET http://localhost:" in words(lab.run("%http --follow {{base}}/old"))
    assert found(lab, "[exchange.json()['url'], len(exchange.redirects)]") == ["/new", 1]
    lab.run("%http --session ann {{base}}/login user=Ann")
    lab.run("%http --session ann {{base}}")
    assert found(lab, "exchange.json()['cookie']") == "sid=cookie-value-1"
    lab.run("%http {{base}}")
    assert found(lab, "'cookie' in exchange.json()") is False
    lab.run("%http --download {{base}}/data.json")
    lab.run("%http --download {{base}}/data.json")
    assert found(lab, "[Path('data.json').exists(), Path('data-2.json').exists()]") == [True, True]


def test_offline_nothing_is_sent(lab: Kernel) -> None:
    assert "not sent POST / HTTP/1.1" in words(lab.run("%http --offline {{base}} token=abcdefgh"))
    lab.run("draft = %http --offline {{base}} token=abcdefgh")
    assert found(lab, "[draft.method, draft.payload.size]") == ["POST", 21]
    assert "not sent GET" in words(lab.run("%%http --offline\nGET {{base}}"))
    assert words(lab.run("%traffic")).startswith("Nothing yet.")


def test_secrets_show_only_where_that_is_asked_for(lab: Kernel) -> None:
    lab.run("token = 'variable-value-1'")
    hidden = lab.run("%http {{base}}/{{token}} X-Any:{{token}}")
    assert "variable-value-1" not in str(hidden)
    assert "variable-value-1" in str(lab.run("%http --reveal {{base}}/{{token}}"))
    assert "variable-value-1" in str(lab.run("exchange.revealed()"))


def test_what_is_prompted_for_is_masked_and_hidden(lab: Kernel) -> None:
    cell = lab.client.execute("%%http\n# @prompt pin Your pin\nGET {{base}}/{{pin}}")
    asked = lab.client.get_stdin_msg(timeout=30)["content"]
    assert asked == {"prompt": "pin (Your pin): ", "password": True}
    lab.client.input("prompted-value-1")
    output = Output()
    lab._collect(output, cell, 30)
    assert "/•••••• 200 OK" in words(output)
    assert "prompted-value-1" not in str(output)
    assert found(lab, "exchange.json()['url']") == "/prompted-value-1"


def test_without_anybody_to_ask_it_says_so(lab: Kernel) -> None:
    lab.client.allow_stdin = False
    try:
        assert mistake(lab.run("%%http\n# @prompt pin\nGET {{base}}/{{pin}}")).startswith(
            "pin has to be typed, and nobody is there to ask."
        )
    finally:
        lab.client.allow_stdin = True


def test_a_stream_is_shown_in_place_while_it_comes(lab: Kernel) -> None:
    output = lab.run("%http {{base}}/events")
    first, *updates = output.displays
    assert (first.type, {each.type for each in updates}) == ("display_data", {"update_display_data"})
    assert {each.display_id for each in output.displays} == {first.display_id}
    assert "receiving:" in shown(first)
    assert "event 3" in shown(first)
    counts = [len(shown(each)) for each in (first, updates[-3])]
    assert counts[0] < counts[1]
    assert "event 99" in shown(updates[-1])
    assert " 200 OK It worked" in shown(updates[-1])


def test_a_download_shows_its_progress_and_goes_to_a_file(lab: Kernel) -> None:
    output = lab.run("%http --download {{base}}/large")
    assert '<progress max="4000000" value="' in output.displays[0].data["text/html"]
    assert "of 4.0 MB" in shown(output.displays[0])
    assert "Saved to large" in shown(output.displays[-1])
    assert found(lab, "[Path('large').stat().st_size, exchange.response.payload.paths == (Path('large'),)]") == [
        4_000_000,
        True,
    ]


def test_a_long_answer_that_is_kept_leaves_one_line(lab: Kernel) -> None:
    last = lab.run("answer = %http {{base}}/events").displays[-1]
    assert shown(last) == f"200 OK {found(lab, 'base')}/events: 1.6 kB"
    assert found(lab, "answer.text.count('data:')") == 100


def test_an_interrupt_keeps_what_has_come(lab: Kernel) -> None:
    cell = lab.client.execute("%http {{base}}/events?one")
    output = Output()
    while not output.displays:
        message = lab.client.get_iopub_msg(timeout=30)
        output.add(message)
    lab.manager.interrupt_kernel()
    lab._collect(output, cell, 30)
    assert output.error is None
    assert "The answer is not complete" in shown(output.displays[-1])
    assert found(lab, "[exchange.complete, exchange.text]") == [False, "data: event 0\n\n"]


def test_a_failure_stops_the_cells_behind_it(lab: Kernel) -> None:
    reply = reply_to(lab, lab.client.execute("%http :1/"))
    assert (reply["status"], reply["ename"]) == ("error", "Failure")
    # What is nobody's failure is shown as ever.
    assert "ZeroDivisionError" in str(lab.run("1 / 0").error)


def test_traffic_lists_both_sides(lab: Kernel) -> None:
    lab.run("%http {{base}}/a")
    lab.run("%http POST {{base}}/b x=1")
    lab.run("from urllib.request import urlopen\nurlopen(f'{base}/c').read()")
    lab.run("%http :1/")
    listed = words(lab.run("%traffic"))
    place = found(lab, "base").removeprefix("http://")
    for row in (
        f"GET {place}/a 200 json",
        f"POST {place}/b 200 json",
        f"GET {place}/c 200 json",
        "GET localhost:1/ ECONN",
    ):
        assert row in listed
    assert [listed.count(word) for word in (" both", " server", " client")] == [2, 1, 1]
    assert "/b" in words(lab.run("%traffic POST"))
    assert "/a" not in words(lab.run("%traffic POST"))
    number = found(lab, "__import__('httpkit.notebook').notebook.traffic('POST')[0].number")
    assert f"POST http://{place}/b 200 OK" in words(lab.run(f"%traffic {number}"))
    lab.run("%traffic clear")
    assert words(lab.run("%traffic")).startswith("Nothing yet.")


def test_har_is_saved_without_secrets_and_opened_again(lab: Kernel) -> None:
    lab.run("%http {{base}}/a Authorization:'Bearer har-value-1'")
    assert lab.run("%har session.har").stdout == "Saved 1 exchanges to session.har\n"
    assert found(lab, "'har-value-1' in Path('session.har').read_text()") is False
    lab.run("%har session.har --reveal")
    assert found(lab, "'har-value-1' in Path('session.har').read_text()") is True
    assert "GET" in words(lab.run("%har --open session.har"))
    lab.run("archive = %har --open session.har\nagain = archive[0].replay()")
    assert found(lab, "again.json()['authorization']") == "Bearer har-value-1"
    lab.run('Path(\'bad.har\').write_text(\'{"log": {"entries": [{"request": 1}]}}\')')
    assert "Entry 0, all of it, was skipped" in words(lab.run("%har --open bad.har"))


def test_code_is_shown_as_code(lab: Kernel) -> None:
    lab.run("%http {{base}}/a X-Trace:7")
    output = lab.run("exchange.to_curl()")
    assert output.data("text/plain")[0].startswith("curl http://localhost:")
    assert "<pre" in output.data("text/html")[0]


def reply_to(kernel: Kernel, asked: str) -> Any:
    """The kernel's reply to a message, once it is idle again."""
    while (reply := kernel.client.get_shell_msg(timeout=30))["parent_header"].get("msg_id") != asked:
        pass
    while True:
        message = kernel.client.get_iopub_msg(timeout=30)
        if message["parent_header"].get("msg_id") == asked and message["content"].get("execution_state") == "idle":
            return reply["content"]


def completions(kernel: Kernel, text: str) -> tuple[list[str], str]:
    """What the kernel offers at `|`, and what it would take the place of."""
    code, cursor = text.replace("|", ""), text.index("|")
    content = reply_to(kernel, kernel.client.complete(code, cursor))
    return content["matches"], code[content["cursor_start"] : content["cursor_end"]]


def test_completion_in_lines_and_cells(lab: Kernel) -> None:
    port = found(lab, "port")
    lab.run("%%http\n# @name first\nGET {{base}}/")
    for text, expected in {
        "%http P|": (["POST", "PUT", "PATCH"], "P"),
        "%http GET :|": ([f":{port}/"], ":"),
        "%http GET :3000 X-Fo|": (["X-Forwarded-For:"], "X-Fo"),
        "%http --foll|": (["--follow"], "--foll"),
        "%%http\nGET {{base}}/\nAuthoriz|": (["Authorization: "], "Authoriz"),
        "%%http\nGET {{base}}/\nAuthorization: B|": (["Bearer ", "Basic "], "B"),
        "%%http\nGET http://localhost:|": ([f"http://localhost:{port}/"], "http://localhost:"),
        "%%http\n# @no-r|\nGET {{base}}/": (["@no-redirect"], "@no-r"),
        "%%http\nGET {{bas|": (["base"], "bas"),
        "%%http\nGET {{base}}/{{first.resp|": (["response.body", "response.headers"], "resp"),
        "%%http\nGET {{base}}/{{first.response.body.$.met|": (["$.method"], "$.met"),
        "%status teap|": (["i'm a teapot"], "teap"),
        "%stop |": ([str(port)], ""),
    }.items():
        assert completions(lab, text) == expected, text


def test_python_is_completed_as_ever(lab: Kernel) -> None:
    assert "server.listening" in [f"server.{each.rpartition('.')[2]}" for each in completions(lab, "server.listen|")[0]]


@pytest.mark.parametrize("name", ["%http", "%%http", "%%serve", "%servers", "%stop", "%status", "%traffic", "%har"])
def test_help_has_examples(lab: Kernel, name: str) -> None:
    reply = reply_to(lab, lab.client.execute(f"{name}?"))
    text = reply["payload"][0]["data"]["text/plain"]
    assert re.search(rf"^ *{name}\b", text.partition("Docstring")[2], re.MULTILINE)


def test_the_last_answer_goes_when_a_request_fails(lab: Kernel) -> None:
    lab.run("%http {{base}}")
    assert "Nothing listens" in failure(lab.run("%http :1/"))
    assert value(lab, "'exchange' in globals()") == "False"
    assert body(lab.run("%http POST {{base}} --raw hi"))


def test_an_answer_that_is_cut_off_is_there_as_far_as_it_came(lab: Kernel) -> None:
    output = lab.run("%http {{base}}/cut")
    assert output.error is None
    text = shown(output.displays[0])
    assert "ECONNRESET" in text
    assert "3 of 100 bytes of it are here" in text
    assert found(lab, "[exchange.status, exchange.complete, exchange.text]") == [200, False, "abc"]


def test_what_a_cell_has_answered_before_a_failure_stays(lab: Kernel) -> None:
    lab.run("%%http\n# @name good\nGET {{base}}/a\n\n###\nGET http://localhost:1/\n\n###\nGET {{base}}/c")
    assert found(lab, "[each.json()['url'] for each in exchanges]") == ["/a"]
    assert found(lab, "['exchange' in globals(), good.status]") == [False, 200]


def test_options_count_where_they_are_for(lab: Kernel) -> None:
    for cell in ("%%http --form\nGET {{base}}", "%http --name x {{base}}", "%http --file a.http --raw x"):
        assert "does nothing here: leave it out" in mistake(lab.run(cell))
    lab.run("%%http --auth ann:pass-word-1\nGET {{base}}")
    assert found(lab, "exchange.json()['authorization']").startswith("Basic ")
    assert "not sent" in words(lab.run("%%http --offline\ncurl {{base}}/never"))


def test_a_line_pasted_from_elsewhere(lab: Kernel) -> None:
    lab.run("%http http POST {{base}}/a x=1")
    assert found(lab, "exchange.json()['method']") == "POST"
    assert "is for a shell" in mistake(lab.run("%http {{base}} | head"))
    assert "goes with --raw" in mistake(lab.run("%http POST {{base}} '{\"a\": 1}'"))
    assert lab.run("%http {{base}}  # as Python has comments").error is None


def test_a_secret_does_not_show_itself(lab: Kernel) -> None:
    lab.run("import os\nos.environ['LAB_TOKEN'] = 'environment-value-1'\nfrom httpkit.notebook import secret")
    output = lab.run("token = secret('LAB_TOKEN')\ntoken")
    assert output.data("text/plain") == ["<Secret ••••••>"]
    lab.run("%http {{base}} X-Any:{{token}}")
    assert found(lab, "exchange.json()['x-any']") == "environment-value-1"
