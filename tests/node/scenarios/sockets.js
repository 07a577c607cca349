// What the sockets and messages of both sides say about each other.
const http = require('node:http')
const { body, listen, log, once, run } = require('./prelude')

async function main() {
  let clientPort
  const server = http.createServer((req, res) => {
    clientPort = req.socket.remotePort
    const { socket } = req
    log('server', socket.remoteAddress, socket.remoteFamily, socket.localAddress, socket.localPort === port)
    log('server', socket === res.socket, req.connection === socket, res.connection === socket, res.req === req)
    log('server', socket.destroyed, socket.readable, socket.writable, socket.connecting, socket.server === server)
    log('server', req.statusCode, req.statusMessage, req.method, req.url, req.aborted, req.upgrade)
    res.end('hi')
  })
  const port = await listen(server)
  const req = http.request({ host: '127.0.0.1', port, agent: false })
  const res = await once(req.end(), 'response')
  const { socket } = res
  log('client', socket === req.socket, req.connection === socket, socket.localPort === clientPort)
  log('client', socket.remoteAddress, socket.remotePort === port, socket.remoteFamily, socket.localAddress)
  log('client', res.method, res.url, res.statusCode, res.statusMessage, res.httpVersion)
  log('client', await body(res))
}

run(main)
