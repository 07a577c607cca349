// A keep-alive agent hands the same connection to the next request: reusedSocket, the same local port, its counts.
const http = require('node:http')
const { answer, body, gate, log, once, run, serve } = require('./prelude')

async function main() {
  const port = await serve(answer('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi'))
  const agent = new http.Agent({ keepAlive: true })
  const name = agent.getName({ host: '127.0.0.1', port })
  const count = () => [agent.sockets, agent.freeSockets, agent.requests].map((pool) => pool[name]?.length ?? 0)
  const ports = []
  agent.on('free', (socket, options) => log('agent', 'free', options.port === port))
  for (const turn of ['first', 'second', 'third']) {
    const closed = gate()
    const req = http.get({ host: '127.0.0.1', port, agent })
    log('agent', turn, agent.totalSocketCount, ...count())
    const res = await once(req, 'response')
    ports.push(req.socket.localPort)
    log('agent', turn, req.reusedSocket, ports[0] === req.socket.localPort, ...count())
    res.on('close', closed.open)
    await body(res)
    await closed
    log('agent', turn, agent.totalSocketCount, ...count())
  }
  agent.destroy()
  await once(http.get({ host: '127.0.0.1', port, agent }), 'response')
  log('agent', 'after destroy', agent.totalSocketCount, ...count())
}

run(main)
