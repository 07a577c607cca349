// 'upgrade' hands the connection over with the bytes that followed; without a listener it is an ordinary request.
const http = require('node:http')
const { dial, gate, listen, log, raw, run } = require('./prelude')

const upgrade = 'GET /chat HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: chat\r\n\r\n'

async function main() {
  const closed = gate()
  const server = http.createServer((req, res) => {
    log('request', req.url, req.upgrade, req.headers.upgrade)
    res.end('no chat')
  })
  const port = await listen(server)
  const plain = await dial(port)
  plain.send(upgrade)
  log('declined', await plain.until('no chat'))

  server.on('upgrade', (req, socket, head) => {
    log('upgrade', req.method, req.url, req.upgrade, req.headers.upgrade, head)
    log('upgrade', ['data', 'error', 'close', 'timeout'].map((name) => socket.listenerCount(name)))
    socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: chat\r\n\r\nwelcome')
    socket.on('data', (chunk) => socket.end(`you said ${chunk}`))
    socket.on('close', closed.open)
  })
  const peer = await dial(port)
  peer.send(`${upgrade}first words`)
  log('accepted', await peer.until('welcome'))
  peer.send('hello')
  log('accepted', await peer.rest())
  await closed
  log('not asked', await raw(port, 'GET / HTTP/1.1\r\nHost: x\r\nUpgrade: chat\r\nConnection: close\r\n\r\n'))
}

run(main)
