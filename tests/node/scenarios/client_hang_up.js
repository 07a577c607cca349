// The server leaves without a response: socket hang up; with a reset it is a read error.
const http = require('node:http')
const { gate, log, run, serve, watch } = require('./prelude')

async function main() {
  const port = await serve(async (peer) => {
    const head = await peer.until('\r\n\r\n')
    if (head.includes('/fin')) peer.end()
    if (head.includes('/reset')) peer.reset()
    if (head.includes('/half')) {
      peer.send('HTTP/1.1 200 OK\r\nContent-')
      peer.end()
    }
    if (head.includes('/continue')) {
      peer.send('HTTP/1.1 100 Continue\r\n\r\n')
      peer.end()
    }
  })
  for (const path of ['/fin', '/reset', '/half', '/continue']) {
    for (const agent of [false, new http.Agent({ keepAlive: true })]) {
      const lane = `${path} ${agent ? 'agent' : 'alone'}`
      const closed = gate()
      const req = http.get({ host: '127.0.0.1', port, path, agent })
      watch(lane, 'req', req, 'finish', 'continue', 'response', 'error', 'close')
      req.on('close', closed.open)
      await closed
      log(lane, req.destroyed, req.errored, req.res)
    }
  }
}

run(main)
