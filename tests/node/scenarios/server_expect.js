// Expect: 100-continue is answered before the handler runs; any other expectation gets 417.
const http = require('node:http')
const { body, dial, listen, log, raw, run } = require('./prelude')

async function main() {
  const server = http.createServer(async (req, res) => {
    log('server', 'request', req.headers.expect, req.httpVersion)
    log('server', await body(req))
    res.end('done')
  })
  const port = await listen(server)
  for (const expect of ['100-continue', '100-Continue', 'x, 100-continue']) {
    const peer = await dial(port)
    peer.send(`POST / HTTP/1.1\r\nHost: x\r\nExpect: ${expect}\r\nContent-Length: 4\r\n\r\n`)
    log('continue', await peer.until('\r\n\r\n'))
    peer.send('body')
    log('continue', await peer.until('done'))
  }
  for (const expect of ['something', '', '200-ok']) {
    const peer = await dial(port)
    peer.send(`POST / HTTP/1.1\r\nHost: x\r\nExpect: ${expect}\r\nContent-Length: 0\r\n\r\n`)
    log('other', await peer.until('0\r\n\r\n'))
    peer.send('GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
    log('other', await peer.rest())
  }
  log('1.0', await raw(port, 'GET / HTTP/1.0\r\nExpect: 100-continue\r\n\r\n'))
}

run(main)
