// maxRequestsPerSocket: the last allowed answer says close, more requests get 503 and 'dropRequest'.
// Nobody closes the connection; those of HTTP/1.0 are not counted.
const http = require('node:http')
const { dial, listen, log, run } = require('./prelude')

async function main() {
  const server = http.createServer((req, res) => {
    log('server', 'request', req.url)
    res.setHeader('Content-Length', 2)
    res.end('hi')
  })
  server.maxRequestsPerSocket = 2
  server.on('dropRequest', (req, socket) => log('server', 'dropRequest', req.url, req.socket === socket))
  const peer = await dial(await listen(server))
  peer.send('GET /1 HTTP/1.1\r\nHost: x\r\n\r\n')
  log('wire', await peer.until('hi'))
  peer.send('GET /2 HTTP/1.1\r\nHost: x\r\n\r\n')
  log('wire', await peer.until('hi'))
  peer.send('GET /3 HTTP/1.1\r\nHost: x\r\n\r\n')
  log('wire', await peer.until('0\r\n\r\n'))
  peer.send('GET /4 HTTP/1.1\r\nHost: x\r\n\r\n')
  log('wire', await peer.until('0\r\n\r\n'))

  const old = await dial(server.address().port)
  for (const path of ['/1', '/2', '/3']) {
    old.send(`GET ${path} HTTP/1.0\r\nConnection: keep-alive\r\n\r\n`)
    log('1.0', await old.until('hi'))
  }
}

run(main)
