// maxConnections: one connection more is closed at once, with a 'drop' event.
const http = require('node:http')
const { dial, listen, log, once, run } = require('./prelude')

async function main() {
  const server = http.createServer((req, res) => res.end('hi'))
  server.maxConnections = 1
  server.on('connection', () => log('server', 'connection'))
  const port = await listen(server)
  const first = await dial(port)
  first.send('GET / HTTP/1.1\r\nHost: x\r\n\r\n')
  await first.until('hi')
  const dropped = once(server, 'drop')
  const second = await dial(port)
  log('second', await second.rest())
  const data = await dropped
  log('server', 'drop', data.localAddress, data.localPort === port, data.remoteAddress, data.remoteFamily)
  first.send('GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
  log('first', await first.rest())
}

run(main)
