// A chunked request body: sizes in hex, extensions ignored, trailers kept; the connection goes on.
const http = require('node:http')
const { dial, listen, log, run } = require('./prelude')

async function main() {
  const server = http.createServer((req, res) => {
    const chunks = []
    log('server', req.method, req.headers, req.trailers)
    req.on('data', (chunk) => chunks.push(chunk))
    req.on('end', () => {
      log('server', Buffer.concat(chunks), req.complete, req.trailers, req.rawTrailers)
      res.end('got it')
    })
  })
  const peer = await dial(await listen(server))
  const head = 'POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n'
  for (const chunks of [
    '5\r\nhello\r\n0\r\n\r\n',
    'A;name=value\r\n0123456789\r\n00001\r\n!\r\n0\r\n\r\n',
    '2\r\nhi\r\n0\r\nX-Sum: 1\r\nx-SUM: 2\r\nSet-Cookie: a\r\n\r\n',
    '0\r\n\r\n',
  ]) {
    peer.send(head + chunks)
    log('wire', await peer.until('got it'))
  }
  peer.send(head)
  for (const piece of ['5\r', '\nhel', 'lo', '\r\n0', '\r\n', '\r\n']) peer.send(piece)
  log('wire', await peer.until('got it'))
}

run(main)
