"""An agent with a proxy: what an http request says to it, which hosts do without it, and what contradicts itself."""

from prelude import answer, attempt, gate, log, run, serve

import httpkit as http


async def main():
    port = await serve(answer("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"))

    def agent(**options):
        return http.Agent({"proxyEnv": {"HTTP_PROXY": f"http://us%20er:p%40w@127.0.0.1:{port}"}, **options})

    def ask(*args):
        closed = gate()
        http.get(*args, callback=lambda res: res.resume().on("close", closed.open))
        return closed

    here = {"host": "127.0.0.1", "port": port}
    com = {"host": "example.com"}
    await ask("http://example.com/a/../b?x=1", {"agent": agent()})
    await ask("http://example.com:8080/a", {"agent": agent(keepAlive=True)})
    await ask({"host": "EXAMPLE.com", "path": '/a%20b"<>`', "agent": agent()})
    await ask({**com, "path": "http://example.com:80/whole?x", "agent": agent()})
    await ask({**com, "headers": {"host": "EXAMPLE.com:80", "Proxy-Connection": "mine"}, "agent": agent()})
    await ask({**com, "headers": ["Host", "example.com", "X", "y"], "agent": agent()})
    await ask({**com, "headers": ["X", "y"], "agent": agent()})
    await ask({"host": "::1", "port": 81, "auth": "a:b", "agent": agent()})
    await ask({**com, "method": "OPTIONS", "path": "*", "agent": agent()})
    await ask({**com, "setHost": False, "agent": agent()})
    await ask({**com, "headers": {"Expect": "100-continue"}, "agent": agent()})
    both = {"http_proxy": f"http://127.0.0.1:{port}", "HTTP_PROXY": "http://nowhere.invalid"}
    await ask({**com, "agent": http.Agent(proxyEnv=both)})
    bypassed = {"HTTP_PROXY": "http://nowhere.invalid", "NO_PROXY": "other, 127.0.0.0-127.0.0.9"}
    await ask({**here, "path": "/direct", "agent": agent(proxyEnv=bypassed)})
    await ask({**here, "path": "/other", "agent": agent(proxyEnv={"HTTPS_PROXY": "http://nowhere.invalid"})})
    await ask({**here, "path": "/socks", "agent": agent(proxyEnv={"HTTP_PROXY": "socks5://nowhere.invalid"})})

    pool = agent(keepAlive=True)
    await ask({**com, "agent": pool})
    await ask({**com, "agent": pool})
    await ask({"host": "example.org", "agent": pool})
    log("pool", list(pool.freeSockets), pool.totalSocketCount)
    pool.destroy()

    def refused(name, **options):
        attempt("refused", name, lambda: http.request({**com, "agent": agent(), **options}))

    refused("path of another host", path="http://example.org/")
    refused("path of another port", path="http://example.com:81/")
    refused("no path", path="nope")
    refused("path of https", path="https://example.com/")
    refused("path with a password", path="http://u:p@example.com/")
    refused("another Host", headers={"Host": "example.org"})
    refused("more than a Host", headers={"Host": "example.com/x"})
    refused("another Host in a list", headers=["Host", "EXAMPLE.com"])
    refused("two Hosts in a list", headers=["Host", "example.com", "host", "example.com"])
    refused("no host", host="exa mple.com")

    def config(url):
        attempt("config", url, lambda: http.Agent(proxyEnv={"HTTP_PROXY": url}))

    config("http://[")
    config("http://exa mple")
    config("http://example.com\r\n")
    config("http://example.com:99999")
    config("ftp://example.com")
    config("nonsense")


run(main)
