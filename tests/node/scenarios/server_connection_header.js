// Who ends the connection: the client's Connection header, the handler's, or shouldKeepAlive.
const http = require('node:http')
const { dial, listen, log, raw, run } = require('./prelude')

async function main() {
  const server = http.createServer((req, res) => {
    if (req.url === '/close') res.setHeader('Connection', 'close')
    if (req.url === '/mixed') res.setHeader('connection', 'X-Thing, Close')
    if (req.url === '/keep-alive') res.setHeader('Connection', 'Keep-Alive')
    if (req.url === '/should-not') res.shouldKeepAlive = false
    if (req.url === '/removed') res.removeHeader('connection')
    res.end('hi')
  })
  const port = await listen(server)
  for (const path of ['/close', '/mixed', '/should-not']) {
    log('server closes', await raw(port, `GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`))
  }
  for (const connection of ['close', 'Close', 'close, X-Thing']) {
    log('client closes', await raw(port, `GET / HTTP/1.1\r\nHost: x\r\nConnection: ${connection}\r\n\r\n`))
  }
  const peer = await dial(port)
  for (const path of ['/keep-alive', '/removed', '/']) {
    peer.send(`GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`)
    log('kept', await peer.until('hi'))
  }
}

run(main)
