// The order of events on the server when nobody reads the (empty) body, and when the handler does.
const http = require('node:http')
const { dial, gate, listen, log, run, watch } = require('./prelude')

async function main() {
  let closed
  const server = http.createServer((req, res) => {
    log(req.url, 'request', req.complete, res.writableEnded, res.finished, res.closed)
    watch(req.url, 'req', req, 'resume', 'end', 'close', 'aborted')
    watch(req.url, 'res', res, 'prefinish', 'finish', 'close')
    req.on('end', () => log(req.url, 'complete', req.complete, req.readableEnded))
    req.on('close', () => log(req.url, 'req', req.destroyed, req.closed, req.aborted))
    req.on('close', closed.open)
    res.on('finish', () => log(req.url, 'socket', res.socket))
    res.on('close', () => log(req.url, 'res', res.destroyed, res.closed, res.writable))
    if (req.url === '/read') req.resume()
    res.end('hi')
    log(req.url, 'ended', res.headersSent, res.writableEnded, res.writableFinished, res.finished)
  })
  const peer = await dial(await listen(server))
  for (const path of ['/unread', '/read']) {
    closed = gate()
    peer.send(`GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`)
    await peer.until('hi')
    await closed
  }
}

run(main)
