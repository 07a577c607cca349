// What leaves together, and when: a head is sent with the first bytes of the body, and all writes of one tick in one
// packet; the fourth write of 16 KiB is one too many.
const http = require('node:http')
const { dial, gate, listen, log, raw, run, tick } = require('./prelude')

async function main() {
  const seen = gate()
  const server = http.createServer(async (req, res) => {
    if (req.url === '/head') {
      res.writeHead(200)
      log('head', res.headersSent)
      res.socket.write('before the head; ')
      return res.end()
    }
    if (req.url === '/blocks') {
      const block = Buffer.alloc(16 * 1024, 'x')
      for (let turn = 0; turn < 4; turn++) log('blocks', res.write(block))
      res.on('drain', () => { log('blocks', 'drain', res.writableLength); res.end() })
      return
    }
    for (const text of ['one', 'two', 'three']) res.write(text)
    await seen
    for (const text of ['four', 'five']) res.write(text)
    await tick()
    res.end('six')
  })
  const port = await listen(server)
  const close = 'HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'
  log('head', await raw(port, `GET /head ${close}`))
  const blocks = await raw(port, `GET /blocks ${close}`)
  log('blocks', blocks.replaceAll('x'.repeat(16 * 1024), '<16 KiB>'))
  const peer = await dial(port)
  peer.send(`GET / ${close}`)
  log('packets', await peer.until('three\r\n'), peer.packets)
  seen.open()
  log('packets', await peer.until('five\r\n'), peer.packets)
  log('packets', await peer.rest())
}

run(main)
