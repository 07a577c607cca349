// A bad request behind good ones, bytes after Connection: close (at once and later), a client that closes its half.
const http = require('node:http')
const { dial, gate, listen, log, raw, run, tick } = require('./prelude')

const good = (path) => `GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`

async function main() {
  const server = http.createServer((req, res) => {
    log('server', req.url)
    if (req.url === '/answered') res.end('answered')
  })
  const port = await listen(server)
  log('garbage', await raw(port, `${good('/waiting')}garbage\r\n\r\n`))
  log('garbage', await raw(port, `${good('/answered')}garbage\r\n\r\n`))
  log('close', await raw(port, 'GET /waiting HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\nmore'))

  let pending = gate()
  const last = http.createServer((req, res) => pending.open(res))
  last.on('clientError', (err, socket) => { log('last', err); socket.destroy() })
  const lastPort = await listen(last)
  log('last', await raw(lastPort, 'GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\nmore'))
  pending = gate()
  const later = await dial(lastPort)
  later.send('GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
  const answer = await pending
  later.send('more')
  for (let turn = 0; turn < 20; turn++) await tick()
  answer.end('still answered')
  log('last', await later.rest())

  pending = gate()
  const half = http.createServer((req, res) => pending.open(res))
  half.httpAllowHalfOpen = true
  const peer = await dial(await listen(half))
  peer.send('GET / HTTP/1.1\r\nHost: x\r\n\r\n')
  const res = await pending
  res.req.socket.once('end', () => res.end('after your end'))
  peer.end()
  log('half-open', await peer.rest())
}

run(main)
