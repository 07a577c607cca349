// 'timeout' on a request: from its option, setTimeout or the agent; nothing is aborted by it.
const http = require('node:http')
const { gate, log, run, serve, watch } = require('./prelude')

async function main() {
  const peers = {}
  const handler = async (peer) => {
    const head = await peer.until('\r\n\r\n')
    peers[head.split(' ')[1]] = peer
  }

  const ask = async (lane, options, later) => {
    const timeout = gate()
    const resClosed = gate()
    const reqClosed = gate()
    const req = http.get({ host: '127.0.0.1', path: lane, ...options })
    watch(lane, 'req', req, 'timeout', 'error', 'close')
    if (later) log(lane, 'chains', req.setTimeout(later, () => log(lane, 'callback')) === req)
    req.once('timeout', timeout.open)
    req.on('response', (res) => res.resume().on('close', resClosed.open))
    req.on('close', reqClosed.open)
    await timeout
    log(lane, req.destroyed, req.timeout, req.socket.timeout)
    peers[lane].send('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n')
    await resClosed
    await reqClosed
  }

  const port = await serve(handler)
  await ask('/option', { port, timeout: 30, agent: false })
  await ask('/agent', { port, agent: new http.Agent({ timeout: 30 }) })
  await ask('/both', { port, timeout: 30, agent: new http.Agent({ timeout: 5000 }) })
  await ask('/method', { port, agent: false }, 30)
}

run(main)
