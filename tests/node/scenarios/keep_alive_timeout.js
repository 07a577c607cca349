// keepAliveTimeout: what the header says, and when an idle connection is closed.
const http = require('node:http')
const { dial, listen, log, run } = require('./prelude')

async function main() {
  const listener = (req, res) => res.end('hi')
  for (const options of [
    { keepAliveTimeout: 50, keepAliveTimeoutBuffer: 0 },
    { keepAliveTimeout: 1500, keepAliveTimeoutBuffer: 0 },
    { keepAliveTimeout: 72000 },
    { keepAliveTimeout: 0 },
  ]) {
    const server = http.createServer(options, listener)
    log('server', server.keepAliveTimeout, server.keepAliveTimeoutBuffer)
    const peer = await dial(await listen(server))
    peer.send('GET / HTTP/1.1\r\nHost: x\r\n\r\n')
    log('wire', await peer.until('hi'))
    if (options.keepAliveTimeout === 50) log('wire', await peer.rest())
  }
}

run(main)
