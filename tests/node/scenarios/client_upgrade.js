// A 101 with an Upgrade gives the connection to 'upgrade'; nobody listening, it is closed; 200 is a response.
const http = require('node:http')
const { gate, log, run, serve, watch } = require('./prelude')

const switching = 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: chat\r\n\r\n'

async function main() {
  const heard = gate()
  const port = await serve(async (peer) => {
    const head = await peer.until('\r\n\r\n')
    log('wire', head)
    peer.send(head.includes('/no') ? 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi' : `${switching}first`)
    heard.open(await peer.until('bye'))
  })
  for (const lane of ['/yes', '/unheard', '/no']) await ask(lane, port)
  log('wire', await heard)
}

async function ask(lane, port) {
  const agent = new http.Agent({ keepAlive: true })
  const closed = gate()
  const headers = { Connection: 'Upgrade', Upgrade: 'chat' }
  const req = http.get({ host: '127.0.0.1', port, path: lane, headers, agent })
  watch(lane, 'req', req, 'finish', 'error', 'close')
  req.on('close', closed.open)
  req.on('socket', (socket) => socket.on('agentRemove', () => log(lane, 'agentRemove')))

  const upgrade = (res, socket, head) => {
    log(lane, 'upgrade', res.statusCode, res.headers, head, socket === req.socket, agent.totalSocketCount)
    socket.end('bye')
  }

  const response = (res) => {
    log(lane, 'response', res.statusCode, res.upgrade)
    res.resume()
  }

  if (lane !== '/unheard') req.on('upgrade', upgrade)
  req.on('response', response)
  await closed
  log(lane, req.destroyed)
}

run(main)
