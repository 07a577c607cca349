"""What Node sends is what httpkit sends."""

from __future__ import annotations

import subprocess
from pathlib import Path

import httpkit as http
from httpkit.draft import Delivery, Draft
from httpkit.payload import Payload
from httpkit.snippets import node
from tests.node.test_scenarios import node_program
from tests.snippets.cases import Recorder, cases, environment, odd_cases, secure_draft, secure_server


def run(programs: dict[str, str], folder: Path) -> str:
    """Run modules one after the other, in one Node."""
    for name, program in programs.items():
        (folder / f"{name}.mjs").write_text(program, encoding="utf-8")
    main = folder / "main.mjs"
    main.write_text("".join(f"await import('./{name}.mjs')\n" for name in programs), encoding="utf-8")
    done = subprocess.run(
        [node_program(), main],
        cwd=folder,
        env=environment(folder),
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_it_sends_the_same(arrivals: Recorder, tmp_path: Path) -> None:
    drafts = {n: each.draft(arrivals.server.url, n) for n, each in {**cases(tmp_path), **odd_cases()}.items()}
    expected = arrivals.sent(drafts)
    run({name: node(draft, reveal=True) for name, draft in drafts.items()}, tmp_path)
    got = arrivals.taken()
    assert got.keys() == expected.keys() == drafts.keys()
    for name in drafts:
        assert got[name] == expected[name], node(drafts[name], reveal=True)[:2000]


def test_it_is_sent_in_the_same_way(tmp_path: Path) -> None:
    with secure_server() as server:
        output = run({"secure": node(secure_draft(server, tmp_path), reveal=True)}, tmp_path)
    # Node does not follow.
    assert output == "302\n"
    assert (tmp_path / "it's here").read_text() == "GET /first"


def test_delivery() -> None:
    delivery = Delivery(
        timeout=1500, idle=500, follow=True, verify=False, proxy="http://proxy:3128", download=Path("out")
    )
    assert node(Draft("GET", "https://host/", (("__proto__", "1"),), delivery=delivery)) == (
        "import { once } from 'node:events'\n"
        "import { createWriteStream } from 'node:fs'\n"
        "import { Agent, request } from 'node:https'\n"
        "import { pipeline } from 'node:stream/promises'\n"
        "\n"
        "// Node follows no redirects: where one leads is in res.headers.location.\n"
        "const req = request('https://host/', {\n"
        "  headers: {\n"
        "    ['__proto__']: '1',\n"
        "  },\n"
        "  signal: AbortSignal.timeout(1500),\n"
        "  timeout: 500,\n"
        "  rejectUnauthorized: false,\n"
        "  // From Node 24.5 on.\n"
        "  agent: new Agent({ proxyEnv: { HTTP_PROXY: 'http://proxy:3128', HTTPS_PROXY: 'http://proxy:3128' } }),\n"
        "})\n"
        "req.on('timeout', () => req.destroy(new Error('nothing came for 500 ms')))\n"
        "req.end()\n"
        "const [res] = await once(req, 'response')\n"
        "console.log(res.statusCode)\n"
        "await pipeline(res, createWriteStream('out'))"
    )


def test_names_in_strings_are_not_imported() -> None:
    program = node(Draft("POST", "http://host/", payload=Payload(b"it's statSync('x') new Agent() Readable.from(1)")))
    assert "statSync }" not in program
    assert [line.split()[2] for line in program.splitlines() if line.startswith("import")] == [
        "once",
        "request",
        "text",
    ]


def test_the_proxy_is_used(tmp_path: Path) -> None:
    proxy = http.createServer(lambda req, res: res.end(f"proxy: {req.url}")).listen(0)
    draft = Draft("GET", "http://host.test/a", delivery=Delivery(proxy=proxy.url))
    assert run({"proxied": node(draft, reveal=True)}, tmp_path) == "200 proxy: http://host.test/a\n"
    proxy.close()
    proxy.closeAllConnections()
