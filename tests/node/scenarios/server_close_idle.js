// close() ends idle kept connections at once and lets a busy one finish its answer.
const http = require('node:http')
const { dial, gate, listen, log, once, run } = require('./prelude')

async function main() {
  const busy = gate()
  const server = http.createServer((req, res) => {
    if (req.url === '/slow') busy.open(res)
    else res.end('idle')
  })
  server.on('close', () => log('server', 'close'))
  const port = await listen(server)
  const idle = await dial(port)
  idle.send('GET / HTTP/1.1\r\nHost: x\r\n\r\n')
  await idle.until('idle')
  const slow = await dial(port)
  slow.send('GET /slow HTTP/1.1\r\nHost: x\r\n\r\n')
  const res = await busy
  log('server', server.listening, server.address().port === port)
  log('server', 'chains', server.close((err) => log('server', 'callback', err)) === server)
  log('server', server.listening, server.address())
  log('idle', await idle.rest())
  res.end('slow')
  log('slow', await slow.until('slow'))
  slow.send('GET /again HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
  const closed = once(server, 'close')
  log('slow', await slow.rest())
  await closed
}

run(main)
