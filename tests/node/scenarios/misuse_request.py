"""What http.request and a request refuse, with Node's code and message."""

from prelude import attempt, run

import httpkit as http


async def main():
    def refused(name, options):
        attempt("request", name, lambda: http.request(options).on("error", lambda _: None).destroy())

    refused("method with space", {"method": "BAD METHOD"})
    refused("method is a number", {"method": 1})
    refused("path with space", {"path": "/a b"})
    refused("path with line feed", {"path": "/a\nb"})
    refused("path beyond latin1", {"path": "/€"})
    refused("protocol", {"protocol": "https:"})
    refused("unknown protocol", {"protocol": "ftp:"})
    refused("URL without host", "http://")
    refused("no URL", "nonsense")
    refused("URL of https", "https://localhost/")
    refused("host is a number", {"host": 1})
    refused("hostname is a number", {"hostname": 1})
    refused("agent is a number", {"agent": 1})
    refused("timeout is text", {"timeout": "soon"})
    refused("maxHeaderSize is text", {"maxHeaderSize": "big"})
    refused("joinDuplicateHeaders is text", {"joinDuplicateHeaders": "yes"})
    refused("header name", {"headers": {"Bad Name": "x"}})
    refused("header value", {"headers": {"X": "a\nb"}})
    refused("header without value", {"headers": {"X": None}})
    refused("odd list of headers", {"headers": ["X"]})
    refused("port", {"port": 65536})
    refused("auth is a number", {"auth": 1})
    refused("signal is a number", {"signal": 1})
    refused("signal is an object", {"signal": {}})
    refused("negative timeout", {"timeout": -1})
    refused("negative maxHeaderSize", {"maxHeaderSize": -1})
    refused("half a maxHeaderSize", {"maxHeaderSize": 1.5})
    refused("socketPath is a number", {"socketPath": 1})
    refused("httpValidation", {"httpValidation": "lax"})
    refused("httpValidation is a number", {"httpValidation": 1})
    refused("insecureHTTPParser is a number", {"insecureHTTPParser": 1})
    refused("httpValidation and insecureHTTPParser", {"httpValidation": "strict", "insecureHTTPParser": False})
    refused("agent is an object", {"agent": {}})
    refused("agent is true", {"agent": True})
    req = http.request({"port": 1})
    req.on("error", lambda _: None)
    attempt("setHeader", "bad name", lambda: req.setHeader("Bad Name", "x"))
    attempt("setHeader", "bad value", lambda: req.setHeader("X", "a\nb"))
    attempt("write", "nothing", lambda: req.write(None))
    attempt("write", "a number", lambda: req.write(7))
    req.destroy()
    attempt("validate", "name", lambda: http.validateHeaderName("X-Fine"))
    attempt("validate", "bad name", lambda: http.validateHeaderName("Bad Name"))
    attempt("validate", "bad name with label", lambda: http.validateHeaderName("Bad Name", "Label"))
    attempt("validate", "value", lambda: http.validateHeaderValue("X", "fine"))
    attempt("validate", "bad value", lambda: http.validateHeaderValue("X", "a\nb"))
    attempt("validate", "no value", lambda: http.validateHeaderValue("X", None))
    attempt("agent", "scheduling", lambda: http.Agent({"scheduling": "random"}))
    attempt("agent", "maxTotalSockets", lambda: http.Agent({"maxTotalSockets": 0}))
    attempt("agent", "maxTotalSockets", lambda: http.Agent({"maxTotalSockets": "many"}))
    attempt("server", "options", lambda: http.createServer("options"))
    attempt("server", "keepAliveTimeout", lambda: http.createServer({"keepAliveTimeout": -1}))
    attempt("server", "headersTimeout", lambda: http.createServer({"headersTimeout": "soon"}))
    attempt(
        "server",
        "headersTimeout > requestTimeout",
        lambda: http.createServer({"headersTimeout": 2, "requestTimeout": 1}),
    )
    attempt("server", "requireHostHeader", lambda: http.createServer({"requireHostHeader": 1}))
    attempt("server", "maxHeaderSize", lambda: http.createServer({"maxHeaderSize": -1}))
    attempt("server", "listen on a bad port", lambda: http.createServer().listen(65536))
    attempt("server", "listener", lambda: http.createServer().on("request", 7))


run(main)
