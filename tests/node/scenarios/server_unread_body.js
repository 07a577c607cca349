// A body the handler never read is thrown away after the answer, and the connection serves the next request.
const http = require('node:http')
const { dial, listen, log, run } = require('./prelude')

async function main() {
  const server = http.createServer((req, res) => {
    log(req.url, 'request')
    req.on('end', () => log(req.url, 'end'))
    res.end('unread')
  })
  const peer = await dial(await listen(server))
  for (const size of [10, 1000000]) {
    peer.send(`POST /${size} HTTP/1.1\r\nHost: x\r\nContent-Length: ${size}\r\n\r\n${'x'.repeat(size)}`)
    log('wire', await peer.until('unread'))
  }
  peer.send('POST /chunked HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\n\r\n')
  log('wire', await peer.until('unread'))
  peer.send('GET /last HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
  log('wire', await peer.rest())
}

run(main)
