// maxTotalSockets counts all origins: a request to another one waits until a connection is closed.
const http = require('node:http')
const { gate, log, run, serve } = require('./prelude')

async function main() {
  const arrivals = [gate(), gate()]
  const handler = (index) => async (peer) => {
    await peer.until('\r\n\r\n')
    arrivals[index].open(peer)
  }
  const ports = [await serve(handler(0)), await serve(handler(1))]
  const agent = new http.Agent({ keepAlive: true, maxTotalSockets: 1 })

  const get = (index) => {
    const closed = gate()
    const req = http.get({ host: '127.0.0.1', port: ports[index], agent })
    req.on('response', (res) => res.resume().on('close', closed.open))
    log('agent', index, agent.totalSocketCount, Object.keys(agent.requests).length)
    return closed
  }

  const first = get(0)
  const second = get(1)
  const peer = await arrivals[0]
  peer.send('HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n')
  await first
  const other = await arrivals[1]
  other.send('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n')
  await second
  log('agent', agent.totalSocketCount, Object.keys(agent.requests).length)
}

run(main)
