import httpkit as http


@http.createServer
def server(req, res):
    res.setHeader("Content-Type", "text/plain")
    res.end("Hello, World!")


server.listen(0)
print(server.address()["port"], flush=True)
