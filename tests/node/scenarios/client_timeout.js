// 'timeout' on a request: from its option, setTimeout or the agent; nothing is aborted by it.
const http = require('node:http')
const { gate, log, run, serve, watch } = require('./prelude')

async function main() {
  const arrived = {}
  const handler = async (peer) => {
    const head = await peer.until('\r\n\r\n')
    arrived[head.split(' ')[1]].open(peer)
  }

  const ask = async (lane, options, later) => {
    arrived[lane] = gate()
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
    const peer = await arrived[lane]
    peer.send('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n')
    await resClosed
    await reqClosed
  }

  const port = await serve(handler)
  await ask('/option', { port, timeout: 100, agent: false })
  await ask('/agent', { port, agent: new http.Agent({ timeout: 100 }) })
  await ask('/both', { port, timeout: 100, agent: new http.Agent({ timeout: 5000 }) })
  await ask('/method', { port, agent: false }, 100)
}

run(main)
