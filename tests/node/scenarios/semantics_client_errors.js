// What a 'clientError' listener gets, and what happens when it does nothing; the end of a connection at odd moments.
const http = require('node:http')
const { dial, gate, listen, log, once, run, tick } = require('./prelude')

async function main() {
  const server = http.createServer((req, res) => {
    res.on('close', () => log('begun', 'close', res.writableFinished))
    if (req.url === '/begun') res.write('begun')
  })
  const port = await listen(server)
  const begun = await dial(port)
  begun.send('GET /begun HTTP/1.1\r\nHost: x\r\n\r\n')
  log('begun', await begun.until('begun\r\n'))
  begun.send('garbage\r\n\r\n')
  log('begun wire', await begun.rest())

  const connected = once(server, 'connection')
  const silent = await dial(port)
  const closed = once(await connected, 'close')
  silent.end()
  log('silent', await silent.rest())
  await closed

  const heard = gate()
  server.on('clientError', (err, socket) => {
    log('error', err, err.bytesParsed ?? null, err.reason ?? null, err.rawPacket ?? null, socket.writable)
    heard.open(socket)
  })
  const peer = await dial(port)
  peer.send('garbage\r\n\r\n')
  const socket = await heard
  for (let turn = 0; turn < 20; turn++) await tick()
  log('ignored', socket.destroyed, socket.writable, socket.bytesWritten)
  socket.end('at last')
  log('ignored', await peer.rest())

  const cut = http.createServer()
  const cutPort = await listen(cut)
  for (const heard of [false, true]) {
    if (heard) {
      cut.on('clientError', (err, socket) => {
        log('cut', err, err.bytesParsed ?? null, err.rawPacket ?? null)
        socket.destroy()
      })
    }
    const half = await dial(cutPort)
    half.send('GET / HTTP/1.1\r\nHo')
    half.end()
    log('cut', await half.rest())
  }
}

run(main)
