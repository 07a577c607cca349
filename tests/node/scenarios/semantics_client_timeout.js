// A client's 'timeout': during the body request and response hear it, after it nobody; the default agent's.
const http = require('node:http')
const { gate, log, once, run, serve, sleep, watch } = require('./prelude')

async function main() {
  const begun = gate()
  const port = await serve(async (peer) => {
    await peer.until('\r\n\r\n')
    peer.send('HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbo')
    begun.open(peer)
  })
  const req = http.get({ host: '127.0.0.1', port, timeout: 200, agent: new http.Agent({ keepAlive: true }) })
  watch('client', 'req', req, 'timeout', 'error', 'close')
  const res = await once(req, 'response')
  watch('client', 'res', res, 'timeout', 'aborted', 'end', 'close')
  await once(res, 'timeout')
  const { socket } = req
  log('client', req.destroyed, res.destroyed, socket.destroyed)
  const closed = once(res.resume(), 'close')
  const peer = await begun
  peer.send('dy')
  await closed
  await sleep(400)
  log('client', 'later', socket.timeout)

  const silent = await serve(() => {})
  const slow = http.get({ host: '127.0.0.1', port: silent })
  slow.on('error', () => {})
  const taken = await once(slow, 'socket')
  log('default', http.globalAgent.options.timeout, taken.timeout, slow.timeout)
}

run(main)
