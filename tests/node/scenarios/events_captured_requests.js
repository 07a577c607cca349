const { EventEmitter } = require('node:events')
const http = require('node:http')
const { listen, log, raw, run } = require('./prelude')
async function main() {
  EventEmitter.captureRejections = true
  const server = http.createServer(async (req, res) => { res.setHeader('x-mine', '1'); if (req.url === '/late') res.write('some'); throw new Error('mine') })
  server.on('error', () => log('error', 'never'))
  const port = await listen(server)
  const text = await raw(port, 'GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
  log('wire', text.split('\r\n')[0])
  log('wire', (await raw(port, 'GET /late HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')).endsWith('0\r\n\r\n'))
}
run(main)
