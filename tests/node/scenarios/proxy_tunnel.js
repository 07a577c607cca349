// https through a proxy: what the proxy is asked, and what comes of it when it refuses, hangs up or says nothing.
const https = require('node:https')
const { answer, gate, hangup, log, run, serve, watch } = require('./prelude')

async function main() {
  const refusing = await serve(answer('HTTP/1.1 407 Who are you\r\nContent-Length: 0\r\n\r\n'))
  const leaving = await serve(hangup('HTTP/1.1 200 OK\r\n'))
  const silent = await serve((peer) => peer.until('never'))

  const ask = async (lane, proxy, options, agentOptions) => {
    const agent = new https.Agent({ proxyEnv: { HTTPS_PROXY: proxy }, ...agentOptions })
    const closed = gate()
    const req = https.get({ host: 'example.com', agent, ...options })
    watch(lane, 'req', req, 'socket', 'response', 'timeout', 'error', 'close')
    req.on('error', (err) => log(lane, err.statusCode, err.proxyTunnelTimeout))
    req.on('close', closed.open)
    await closed
    log(lane, agent.totalSocketCount, Object.keys(agent.requests).length)
  }

  await ask('refused', `http://127.0.0.1:${refusing}`)
  await ask('credentials', `http://us%20er:p%40w@127.0.0.1:${refusing}`, {}, { keepAlive: true })
  await ask('shared', `http://127.0.0.1:${refusing}`, { port: 8443 }, { maxSockets: 2 })
  await ask('address', `http://127.0.0.1:${refusing}`, { host: '::1' })
  await ask('gone', `http://127.0.0.1:${leaving}`)
  await ask('late', `http://127.0.0.1:${silent}`, { timeout: 50 })
  await ask('agent late', `http://127.0.0.1:${silent}`, {}, { timeout: 50 })
}

run(main)
