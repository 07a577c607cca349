// The order of a request's events, with a pooled connection, a second request on it, and without an agent.
const http = require('node:http')
const { answer, gate, log, run, serve, watch } = require('./prelude')

async function exchange(lane, options) {
  const over = gate()
  const closed = gate()

  const callback = (res) => {
    log(lane, 'callback', req.res === res, res.req === req, res.complete)
    watch(lane, 'res', res, 'end', 'close')
    res.on('data', (chunk) => log(lane, 'data', chunk))
    res.on('end', () => log(lane, 'ended', res.complete, res.readableEnded, res.destroyed))
    res.on('close', () => over.open())
  }

  const onSocket = (socket) => {
    log(lane, 'req socket', req.socket === socket, req.reusedSocket, socket.connecting)
    if (lane !== 'reused') watch(lane, 'socket', socket, 'connect', 'close', 'free')
  }

  const req = http.request({ host: '127.0.0.1', ...options }, callback)
  watch(lane, 'req', req, 'prefinish', 'finish', 'response', 'close')
  req.on('close', () => { log(lane, 'closed', req.destroyed, req.closed); closed.open() })
  req.on('socket', onSocket)
  log(lane, 'created', req.socket, req.writableEnded)
  req.end()
  log(lane, 'ended', req.writableEnded, req.writableFinished, req.finished)
  await over
  await closed
}

async function main() {
  const port = await serve(answer('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi'))
  const agent = new http.Agent({ keepAlive: true })
  await exchange('new', { port, agent })
  await exchange('reused', { port, agent })
  await exchange('alone', { port, agent: false })
}

run(main)
