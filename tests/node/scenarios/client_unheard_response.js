// A response nobody listens for is read and dropped, and its connection goes back to the pool.
const http = require('node:http')
const { answer, gate, log, once, run, serve, watch } = require('./prelude')

async function main() {
  const port = await serve(answer(`HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n${'x'.repeat(100000)}`))
  const agent = new http.Agent({ keepAlive: true })
  const freed = once(agent, 'free')
  const closed = gate()
  const req = http.get({ host: '127.0.0.1', port, agent })
  watch('client', 'req', req, 'finish', 'error', 'close')
  req.on('close', closed.open)
  await freed
  await closed
  const again = http.get({ host: '127.0.0.1', port, agent })
  await once(again, 'response')
  log('client', req.reusedSocket, again.reusedSocket)
}

run(main)
