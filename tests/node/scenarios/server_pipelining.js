// Pipelined requests are handed out at once; the answers go out in order, although the first is ready last.
const http = require('node:http')
const { dial, gate, listen, log, run, watch } = require('./prelude')

async function main() {
  const waiting = []
  const closed = gate()
  const server = http.createServer((req, res) => {
    log('server', 'request', req.url, res.socket !== null, req.socket !== null)
    watch('server', req.url, res, 'finish', 'close')
    res.on('socket', (socket) => log('server', `${req.url} socket`))
    if (req.url === '/3') res.on('close', closed.open)
    waiting.push([req, res])
    if (waiting.length < 3) return
    for (const [req, res] of waiting.reverse()) {
      res.end(`answer to ${req.url}.`)
      log('server', 'ended', req.url, res.writableEnded, res.writableFinished)
    }
  })
  const peer = await dial(await listen(server))
  peer.send(['/1', '/2', '/3'].map((path) => `GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`).join(''))
  for (const path of ['/1', '/2', '/3']) log('wire', await peer.until(`answer to ${path}.`))
  await closed
}

run(main)
