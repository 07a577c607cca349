// An async listener that fails where failures are captured: 500, without the headers set so far; too late, the
// connection is closed.
const { EventEmitter } = require('node:events')
const http = require('node:http')
const { listen, log, raw, run } = require('./prelude')

async function main() {
  EventEmitter.captureRejections = true
  const server = http.createServer(async (req, res) => {
    res.setHeader('X-Mine', 'mine')
    if (req.url === '/late') res.write('begun')
    throw new Error('from an async listener')
  })
  const port = await listen(server)
  const reply = await raw(port, 'GET /early HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
  log('early', reply.split('\r\n')[0], reply.includes('X-Mine'), reply.split('\r\n\r\n')[1])
  log('late', await raw(port, 'GET /late HTTP/1.1\r\nHost: x\r\n\r\n'))
}

run(main)
