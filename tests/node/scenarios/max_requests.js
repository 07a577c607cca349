// maxRequestsPerSocket: the last allowed answer says close, one more request gets 503 and 'dropRequest'.
const http = require('node:http')
const { dial, listen, log, run } = require('./prelude')

async function main() {
  const server = http.createServer((req, res) => {
    log('server', 'request', req.url)
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
}

run(main)
