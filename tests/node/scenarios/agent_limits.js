// Places in the pool: across origins, with idle connections in the way; what is no limit.
const http = require('node:http')
const { answer, gate, log, run, serve, watch } = require('./prelude')

const reply = 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'

async function main() {
  const ports = [await serve(answer(reply)), await serve(answer(reply))]

  const get = (lane, index, agent, options = {}) => {
    const closed = gate()
    const req = http.get({ host: '127.0.0.1', port: ports[index], agent, ...options })
    watch(lane, 'req', req, 'error')
    req.on('response', (res) => { log(lane, res.statusCode, req.reusedSocket); res.resume() })
    req.on('close', closed.open)
    return [req, closed]
  }

  const numbers = (agent) => [Object.values(agent.requests).map((queue) => queue.length), agent.totalSocketCount]

  // An idle connection must not keep the place another origin waits for.
  const one = new http.Agent({ keepAlive: true, maxTotalSockets: 1 })
  const [, first] = get('one', 0, one)
  const [, second] = get('one', 1, one)
  log('one', ...numbers(one))
  await first
  await second

  // Without keepAlive, but with a limit, a connection serves those who wait for it, and then goes.
  const shared = new http.Agent({ maxSockets: 1 })
  let frees = 0
  shared.on('free', () => { frees++ })
  const waiting = [get('shared', 0, shared), get('shared', 0, shared), get('shared', 0, shared)]
  log('shared', ...numbers(shared))
  for (const [, closed] of waiting) await closed
  log('shared', Object.keys(shared.freeSockets).length, frees)

  // Falsy limits are no limits.
  const none = new http.Agent({ keepAlive: true, maxSockets: 0, maxFreeSockets: 0, keepAliveMsecs: 0, agentKeepAliveTimeoutBuffer: -1 })
  log('none', none.maxSockets, none.maxFreeSockets, none.keepAliveMsecs, none.agentKeepAliveTimeoutBuffer)
  const all = [get('none', 0, none), get('none', 0, none), get('none', 0, none)]
  log('none', ...numbers(none))
  for (const [, closed] of all) await closed
  log('none', Object.values(none.freeSockets).map((sockets) => sockets.length))
  none.destroy()

  for (const buffer of [0, 500, '500', Infinity, NaN, null]) {
    log('buffer', new http.Agent({ agentKeepAliveTimeoutBuffer: buffer }).agentKeepAliveTimeoutBuffer)
  }
}

run(main)
