// A client that does not read stops the server's writing: 'drain' waits for it, and the whole body arrives.
const http = require('node:http')
const { dial, gate, listen, log, run, tick } = require('./prelude')

async function main() {
  const size = 16 * 1024 * 1024
  const full = gate()
  let drained = false
  const server = http.createServer((req, res) => {
    log('server', 'write', res.write(Buffer.alloc(size, 'x')), res.writableLength >= size)
    res.on('drain', () => {
      drained = true
      log('server', 'drain', res.writableLength)
      res.end()
    })
    full.open()
  })
  const peer = await dial(await listen(server))
  peer.pause()
  peer.send('GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
  await full
  for (let turn = 0; turn < 20; turn++) await tick()
  log('client', 'paused', drained)
  peer.resume()
  const received = await peer.rest()
  log('client', drained, received.length, received.slice(-9))
}

run(main)
