// close(): its callback and 'close', twice, without ever listening, and then listening again.
const http = require('node:http')
const { gate, listen, log, once, raw, run } = require('./prelude')

async function main() {
  const server = http.createServer((req, res) => res.end('hi'))
  server.on('close', () => log('once', 'close'))
  await listen(server)
  let closed = once(server, 'close')
  server.close((err) => log('once', 'callback', err))
  log('once', 'after', server.listening)
  await closed

  const never = http.createServer()
  never.on('close', () => log('never', 'close'))
  never.on('error', (err) => log('never', 'error', err))
  closed = gate()
  never.close((err) => { log('never', 'callback', err); closed.open() })
  log('never', 'after')
  await closed

  const twice = http.createServer()
  twice.on('close', () => log('twice', 'close'))
  await listen(twice)
  closed = gate()
  twice.close((err) => log('twice', 'first', err))
  twice.close((err) => { log('twice', 'second', err); closed.open() })
  log('twice', 'after')
  await closed

  const port = await listen(server)
  log('again', server.listening, await raw(port, 'GET / HTTP/1.0\r\n\r\n'))
}

run(main)
