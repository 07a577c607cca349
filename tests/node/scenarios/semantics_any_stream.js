// HTTP over a stream that is no socket: 'connection' is emitted with one end, the client speaks at the other.
const http = require('node:http')
const { duplexPair } = require('node:stream')
const { body, gate, log, run, watch } = require('./prelude')

async function main() {
  const server = http.createServer(async (req, res) => {
    watch('server', 'res', res, 'finish', 'close')
    log('server', req.method, req.url, await body(req))
    res.end(`answer to ${req.url}.`)
  })
  const [end, other] = duplexPair()
  const closed = gate()
  let received = ''
  let wanted = gate()
  other.on('data', (chunk) => { received += chunk; if (received.endsWith('.')) wanted.open() })
  other.on('end', () => { log('client', 'end'); closed.open() })
  server.emit('connection', end)
  other.write('POST /1 HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nbody')
  await wanted
  log('client', received)
  received = ''
  wanted = gate()
  other.write('GET /2 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
  await wanted
  log('client', received)
  await closed
}

run(main)
