// closeIdleConnections and closeAllConnections; neither stops the listening.
const http = require('node:http')
const { dial, gate, listen, log, once, raw, run } = require('./prelude')

async function main() {
  let waiting = gate()
  const server = http.createServer((req, res) => {
    if (req.url === '/wait') waiting.open(res)
    else res.end('hi')
  })
  const port = await listen(server)
  const idle = await dial(port)
  idle.send('GET / HTTP/1.1\r\nHost: x\r\n\r\n')
  await idle.until('hi')
  const busy = await dial(port)
  busy.send('GET /wait HTTP/1.1\r\nHost: x\r\n\r\n')
  let res = await waiting
  server.closeIdleConnections()
  log('idle', await idle.rest(), server.listening)
  res.end('answer')
  log('busy', await busy.until('answer'))

  waiting = gate()
  busy.send('GET /wait HTTP/1.1\r\nHost: x\r\n\r\n')
  res = await waiting
  const connected = once(server, 'connection')
  const silent = await dial(port)
  await connected
  server.closeAllConnections()
  log('busy', await busy.rest())
  log('silent', await silent.rest())
  log('server', server.listening, await raw(port, 'GET / HTTP/1.0\r\n\r\n'))
}

run(main)
