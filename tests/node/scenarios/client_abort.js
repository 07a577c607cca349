// req.abort(): at once, in flight, and what it leaves behind.
const http = require('node:http')
const { gate, log, run, serve, watch } = require('./prelude')

async function main() {
  const port = await serve((peer) => peer.until('\r\n\r\n'))
  await abort('at once', port, (req) => req.abort())
  await abort('in flight', port, (req) => req.on('finish', () => req.abort()))
  await abort('twice', port, (req) => req.on('finish', () => { req.abort(); req.abort() }))
}

async function abort(lane, port, action) {
  const aborted = gate()
  const closed = gate()
  const req = http.get({ host: '127.0.0.1', port, agent: false })
  watch(lane, 'req', req, 'socket', 'finish', 'abort', 'error', 'close')
  req.on('abort', aborted.open)
  req.on('close', closed.open)
  action(req)
  log(lane, req.aborted, req.destroyed)
  await aborted
  await closed
  log(lane, req.aborted, req.destroyed)
}

run(main)
