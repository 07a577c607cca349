"""The loop rule in a notebook: a server goes on answering whatever the cells do."""

from __future__ import annotations

from tests.kernel import Kernel

SERVER = """
import httpkit as http
server = http.createServer(lambda req, res: res.end('hi ' + req.url)).listen(0)
"""


def test_a_server_answers_in_the_very_cell_that_started_it(kernel: Kernel) -> None:
    output = kernel.run(
        SERVER
        + """
import urllib.request
url = server.url
print(urllib.request.urlopen(url + 'urllib').read().decode())
!curl -s {url}curl
"""
    )
    assert (output.error, output.stderr) == (None, "")
    assert output.stdout.splitlines() == ["hi /urllib", "hi /curl"]


def test_a_server_answers_while_a_cell_sleeps(kernel: Kernel) -> None:
    output = kernel.run(
        SERVER
        + """
import subprocess, sys, time
fetch = "import sys, urllib.request; print(urllib.request.urlopen(sys.argv[1]).read().decode())"
other = subprocess.Popen([sys.executable, "-c", fetch, server.url + "busy"], stdout=subprocess.PIPE, text=True)
while other.poll() is None:
    time.sleep(0.01)  # the kernel's own loop cannot run here
print(other.stdout.read())
"""
    )
    assert (output.error, output.stdout.strip()) == (None, "hi /busy")


def test_requests_are_awaited_from_the_kernels_loop(kernel: Kernel) -> None:
    output = kernel.run(
        SERVER
        + """
res = await http.get(server.url + 'awaited')
print(res.statusCode, await res.text(), server._home is not None)
req = http.request(server.url, method='POST')
req.end('body')
print(len([chunk async for chunk in await req]) > 0)
"""
    )
    assert (output.error, output.stdout.splitlines()) == (None, ["200 hi /awaited True", "True"])


def test_a_response_can_be_read_in_a_later_cell(kernel: Kernel) -> None:
    first = kernel.run(SERVER + "req = http.get(server.url + 'later')")
    second = kernel.run("res = await req")
    third = kernel.run("print(await res.text(), await res.text())")
    assert (first.error, second.error, third.error) == (None, None, None)
    assert third.stdout == "hi /later hi /later\n"


def test_events_that_have_happened_reach_late_listeners(kernel: Kernel) -> None:
    kernel.run(SERVER + "req = http.get(server.url)\nres = await req\nbody = await res.text()")
    output = kernel.run(
        """
heard = []
for emitter, name in (server, 'listening'), (req, 'response'), (req, 'finish'), (res, 'end'), (res, 'data'):
    emitter.on(name, lambda *args, name=name: heard.append(name))
http.send('GET', server.url)  # a round trip through the loop: all that was due has run
print(sorted(heard))
"""
    )
    assert (output.error, output.stdout) == (None, "['end', 'finish', 'listening', 'response']\n")


def test_an_error_is_raised_where_the_mistake_was_made(kernel: Kernel) -> None:
    output = kernel.run(SERVER + "http.createServer().listen(server.address()['port'])")
    assert output.error is not None
    assert "listen EADDRINUSE: address already in use 127.0.0.1:" in output.error.message
    output = kernel.run("await http.get('http://127.0.0.1:1/')")
    assert output.error is not None
    assert output.error.message == "connect ECONNREFUSED 127.0.0.1:1"


def test_an_interrupted_wait_leaves_the_server_alone(kernel: Kernel) -> None:
    output = kernel.run(
        """
import signal, threading
import httpkit as http

def handler(req, res):
    if req.url == '/never':
        signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)  # what the interrupt button sends
    else:
        res.end('hi')

server = http.createServer(handler).listen(0)
try:
    http.send('GET', server.url + 'never')
except KeyboardInterrupt:
    print('interrupted')
print(http.send('GET', server.url).text)
"""
    )
    assert (output.error, output.stdout) == (None, "interrupted\nhi\n")


def test_importing_loads_no_more_than_aiohttp() -> None:
    import subprocess
    import sys

    code = (
        "import sys, httpkit; heavy = {'IPython', 'ipykernel', 'ipywidgets', 'anywidget', 'traitlets'};"
        "print(sorted(heavy & set(sys.modules)), 'aiohttp' in sys.modules)"
    )
    assert subprocess.check_output([sys.executable, "-c", code], text=True) == "[] True\n"
