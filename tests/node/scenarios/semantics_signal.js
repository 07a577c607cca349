// The signal of a request on the server: aborted at 'close', after a normal exchange and when the client has gone.
const http = require('node:http')
const { dial, gate, listen, log, raw, run } = require('./prelude')

async function main() {
  let started = gate()
  let aborted = gate()
  const server = http.createServer((req, res) => {
    const { signal } = req
    signal.addEventListener('abort', (event) => {
      log(req.url, event.type, req.aborted, req.complete, res.writableFinished)
      aborted.open()
    })
    req.on('close', () => log(req.url, 'close', signal.aborted))
    log(req.url, signal === req.signal, signal.aborted)
    started.open()
    if (req.url === '/normal') res.end('hi')
  })
  const port = await listen(server)
  log('wire', await raw(port, 'GET /normal HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'))
  await aborted
  started = gate()
  aborted = gate()
  const peer = await dial(port)
  peer.send('POST /gone HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n')
  await started
  peer.reset()
  await aborted
}

run(main)
