// Socket inactivity on the server: request, response and server are told; if nobody listens, the socket goes.
const http = require('node:http')
const { dial, gate, listen, log, raw, run } = require('./prelude')

async function main() {
  const gone = gate()
  const server = http.createServer((req, res) => {
    const late = (socket) => {
      log(req.url, 'timeout', socket === req.socket)
      res.end('late')
    }

    if (req.url === '/res') res.setTimeout(30, late)
    if (req.url === '/req') req.setTimeout(30, late)
    if (req.url === '/socket') req.socket.setTimeout(30)
    res.on('close', () => log(req.url, 'close', res.writableFinished))
    if (req.url === '/listened') res.on('close', gone.open)
  })
  const port = await listen(server)
  const head = (path) => `POST ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 1\r\n\r\n`
  log('wire', await raw(port, head('/res')))
  log('wire', await raw(port, head('/req')))
  log('wire', await raw(port, head('/socket')))
  log('server', server.setTimeout(100) === server, server.timeout)
  log('wire', await raw(port, head('/server')))
  const timeout = gate()
  server.on('timeout', (socket) => timeout.open(socket))
  const peer = await dial(port)
  peer.send(head('/listened'))
  const socket = await timeout
  log('server', 'timeout', socket.destroyed)
  socket.end('own words')
  log('wire', await peer.rest())
  await gone
}

run(main)
