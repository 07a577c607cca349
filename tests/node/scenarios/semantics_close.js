// close() and a connection that never said anything: the server stays open until somebody closes that one. And one
// that is busy: it goes on until it idles.
const http = require('node:http')
const { dial, gate, listen, log, once, run, tick } = require('./prelude')

async function main() {
  const timeouts = { headersTimeout: 20, requestTimeout: 20, connectionsCheckingInterval: 20 }
  const server = http.createServer(timeouts, (req, res) => res.end('hi'))
  server.on('close', () => log('server', 'close'))
  const port = await listen(server)
  const connected = once(server, 'connection')
  const silent = await dial(port)
  await connected
  const closed = gate()
  server.close((err) => { log('server', 'callback', err); closed.open() })
  server.closeIdleConnections()
  for (let turn = 0; turn < 20; turn++) await tick()
  log('server', 'still open', server.listening)
  server.closeAllConnections()
  log('silent', await silent.rest())
  await closed

  const busy = gate()
  const kept = http.createServer({ keepAliveTimeout: 300, keepAliveTimeoutBuffer: 0 }, (req, res) => {
    if (req.url === '/busy') busy.open(res)
    else res.end('hi')
  })
  const client = await dial(await listen(kept))
  client.send('GET /busy HTTP/1.1\r\nHost: x\r\n\r\n')
  const res = await busy
  const done = once(kept, 'close')
  kept.close((err) => log('kept', 'callback', err))
  res.end('busy')
  log('kept', await client.until('busy'))
  client.send('GET / HTTP/1.1\r\nHost: x\r\n\r\n')
  log('kept', await client.until('hi'))
  await done
  log('kept', await client.rest())

  const left = http.createServer((req, res) => res.end('hi'))
  const leftPort = await listen(left)
  const arrived = once(left, 'connection')
  const leaver = await dial(leftPort)
  await arrived
  const over = gate()
  left.close((err) => { log('left', 'callback', err); over.open() })
  leaver.end()
  await over
}

run(main)
