// HTTP/1.0: the connection is kept only when the client asks for it and the handler gave the length.
const http = require('node:http')
const { dial, listen, log, raw, run } = require('./prelude')

async function main() {
  const server = http.createServer((req, res) => {
    log('server', req.url, req.httpVersion, req.httpVersionMajor, req.httpVersionMinor)
    if (req.url === '/length') res.setHeader('Content-Length', 2)
    if (req.url === '/keep-alive') res.setHeader('Connection', 'keep-alive')
    res.end('hi')
  })
  const port = await listen(server)
  log('plain', await raw(port, 'GET /plain HTTP/1.0\r\n\r\n'))
  log('plain', await raw(port, 'GET /length HTTP/1.0\r\n\r\n'))
  log('asked', await raw(port, 'GET /plain HTTP/1.0\r\nConnection: keep-alive\r\n\r\n'))
  log('forced', await raw(port, 'GET /keep-alive HTTP/1.0\r\n\r\n'))
  const peer = await dial(port)
  peer.send('GET /length HTTP/1.0\r\nConnection: keep-alive\r\n\r\n')
  log('kept', await peer.until('hi'))
  peer.send('GET /length HTTP/1.0\r\n\r\n')
  log('kept', await peer.rest())
}

run(main)
