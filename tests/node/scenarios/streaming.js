// Both ends at once: what the server writes arrives before it has ended, and so does what the client writes.
const http = require('node:http')
const { gate, listen, log, run } = require('./prelude')

async function main() {
  const over = gate()
  const server = http.createServer((req, res) => {
    res.flushHeaders()
    req.on('data', (chunk) => { log('server', chunk); res.write(`${chunk} pong`) })
    req.on('end', () => res.end('bye'))
  })

  const response = (res) => {
    const data = (text) => {
      log('client', text)
      if (text === 'ping 1 pong') req.write('ping 2')
      if (text === 'ping 2 pong') req.end()
    }

    res.setEncoding('utf8')
    log('client', 'response', res.statusCode, req.writableEnded)
    req.write('ping 1')
    res.on('data', data)
    res.on('end', over.open)
  }

  const port = await listen(server)
  const req = http.request({ host: '127.0.0.1', port, method: 'POST', agent: false })
  req.flushHeaders()
  req.on('response', response)
  await over
}

run(main)
