// The order of events when the body is read before the answer, and when the answer comes first.
const http = require('node:http')
const { dial, gate, listen, log, run, watch } = require('./prelude')

async function main() {
  let closed
  const server = http.createServer((req, res) => {
    log(req.url, 'request', req.complete, req.readableFlowing)
    watch(req.url, 'req', req, 'end', 'close')
    watch(req.url, 'res', res, 'prefinish', 'finish', 'close')
    req.on('close', closed.open)
    res.on('close', closed.open)
    req.on('data', (chunk) => log(req.url, 'data', chunk))
    if (req.url === '/after') req.on('end', () => { log(req.url, req.complete); res.end('hi') })
    else res.end('hi')
  })
  const peer = await dial(await listen(server))
  for (const path of ['/after', '/before']) {
    closed = gate()
    peer.send(`POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\n`)
    if (path === '/before') await peer.until('hi')
    peer.send('body')
    if (path === '/after') await peer.until('hi')
    await closed
  }
  peer.send('GET /last HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
  await peer.rest()
}

run(main)
