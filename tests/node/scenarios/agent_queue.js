// maxSockets: 1 — further requests wait in a queue and get the connection in turn; keepAlive or not.
const http = require('node:http')
const { answer, gate, log, run, serve } = require('./prelude')

async function main() {
  const port = await serve(answer('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi'))
  await queue('kept', port, { keepAlive: true, maxSockets: 1 })
  await queue('not kept', port, { keepAlive: false, maxSockets: 1 })
}

async function queue(lane, port, options) {
  const agent = new http.Agent(options)
  const name = agent.getName({ host: '127.0.0.1', port })
  const over = gate()
  const ports = []
  agent.on('free', () => log(lane, 'free'))

  const get = (path) => {
    const req = http.get({ host: '127.0.0.1', port, path, agent }, (res) => {
      ports.push(req.socket.localPort)
      log(lane, path, 'response', req.reusedSocket, ports[0] === ports.at(-1), agent.requests[name]?.length ?? 0)
      res.resume()
      res.on('end', () => log(lane, path, 'end'))
      if (path === '/3') res.on('close', over.open)
    })
    log(lane, path, 'queued', agent.sockets[name].length, agent.requests[name]?.length ?? 0)
  }

  for (const path of ['/1', '/2', '/3']) get(path)
  await over
}

run(main)
