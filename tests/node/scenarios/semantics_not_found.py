"""A host that does not exist: socket, error, close."""

from prelude import log, once, run, watch

import httpkit as http


async def main():
    for host in ("not a host", "a..b"):  # names that no name server has to be asked about
        await ask(host)


async def ask(host):
    req = http.get({"host": host, "port": 80, "agent": False})
    watch(host, "req", req, "socket", "finish", "response", "error", "close")
    req.on("error", lambda err: log(host, err.syscall, err.hostname))
    await once(req, "close")
    log(host, req.destroyed)


run(main)
