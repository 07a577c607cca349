// A connection that dies under its second request, and an answer nobody asked for after the first.
const http = require('node:http')
const { gate, log, run, serve, watch } = require('./prelude')

const reply = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi'

async function main() {
  const die = async (peer) => {
    await peer.until('\r\n\r\n')
    peer.send(reply)
    await peer.until('\r\n\r\n')
    peer.end()
  }

  const dying = await serve(die)
  const agent = new http.Agent({ keepAlive: true })
  await ask('dying', dying, agent)
  await ask('dying', dying, agent)
  await ask('dying', dying, agent)

  const repeat = async (peer) => {
    await peer.until('\r\n\r\n')
    peer.send(reply + reply)
  }

  const twice = await serve(repeat)
  await ask('twice', twice, new http.Agent({ keepAlive: true }))
}

async function ask(lane, port, agent) {
  const closed = gate()
  const req = http.get({ host: '127.0.0.1', port, agent })
  watch(lane, 'req', req, 'error')
  req.on('response', (res) => { log(lane, res.statusCode); res.resume().on('close', closed.open) })
  req.on('error', closed.open)
  await closed
  log(lane, req.reusedSocket)
}

run(main)
