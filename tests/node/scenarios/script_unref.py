"""An unref'd server does not keep a script alive."""

from prelude import epilogue, log

import httpkit as http

epilogue()

server = http.createServer()
server.on("close", lambda: log("server", "close"))
log("server", server.unref() is server, server.listen(0).listening)
