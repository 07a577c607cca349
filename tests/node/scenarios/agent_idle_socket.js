// An idle connection is dropped when the server closes it or sends anything unasked; a surplus answer is an error.
const http = require('node:http')
const { answer, gate, log, once, run, serve } = require('./prelude')

const reply = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi'

async function main() {
  for (const lane of ['closed', 'reset', 'unasked']) await idle(lane)
  const port = await serve(answer(`${reply}surplus`))
  const req = http.get({ host: '127.0.0.1', port, agent: new http.Agent({ keepAlive: true }) })
  const failed = gate()
  req.on('response', (res) => res.resume())
  req.on('error', (err) => log('surplus', err.code))
  req.on('close', failed.open)
  await failed
}

async function idle(lane) {
  const peers = []
  const port = await serve(async (peer) => {
    peers.push(peer)
    while (await peer.until('\r\n\r\n') !== '<closed>') peer.send(reply)
  })
  const agent = new http.Agent({ keepAlive: true })
  const socket = await ask(lane, port, agent)
  const gone = once(socket, 'close')
  if (lane === 'closed') peers[0].end()
  if (lane === 'reset') peers[0].reset()
  if (lane === 'unasked') peers[0].send(reply)
  await gone
  log(lane, agent.freeSockets, agent.totalSocketCount)
  await ask(lane, port, agent)
  log(lane, peers.length)
}

async function ask(lane, port, agent) {
  const closed = gate()
  const req = http.get({ host: '127.0.0.1', port, agent })
  req.on('response', (res) => res.resume().on('close', closed.open))
  req.on('error', (err) => log(lane, err))
  await closed
  log(lane, req.reusedSocket, req.destroyed)
  return req.socket
}

run(main)
