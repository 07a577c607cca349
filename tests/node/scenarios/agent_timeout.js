// An agent's timeout closes idle connections.
const http = require('node:http')
const { answer, body, gate, log, once, run, serve } = require('./prelude')

async function main() {
  const port = await serve(answer('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi'))
  const agent = new http.Agent({ keepAlive: true, timeout: 40 })
  const closed = gate()
  const req = http.get({ host: '127.0.0.1', port, agent })
  const res = await once(req, 'response')
  const { socket } = req
  socket.on('close', closed.open)
  log('idle', socket.timeout, await body(res))
  await closed
  log('idle', socket.destroyed, agent.totalSocketCount, agent.freeSockets)
}

run(main)
