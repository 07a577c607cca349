// The pool at its edges: a HEAD without a length, what a hint does to a timeout, options that mean their default, and
// createConnection where it is not asked.
const http = require('node:http')
const { attempt, gate, log, once, run, serve, watch } = require('./prelude')

const reply = (headers) => async (peer) => {
  while (await peer.until('\r\n\r\n') !== '<closed>') peer.send(`HTTP/1.1 200 OK\r\n${headers}\r\n`)
}

async function main() {
  const pooled = async (lane, method, headers, options) => {
    const agent = new http.Agent({ keepAlive: true, ...options })
    const port = await serve(reply(headers))
    const { socket } = await ask(lane, { port, method, agent })
    const { timeout } = socket
    const { reusedSocket } = await ask(lane, { port, method, agent })
    log(lane, headers, reusedSocket, reusedSocket && timeout)
  }
  await pooled('HEAD', 'HEAD', '')
  await pooled('HEAD', 'HEAD', 'Content-Length: 9\r\n')
  await pooled('HEAD', 'HEAD', 'Transfer-Encoding: chunked\r\n')
  const hinted = (hint) => `Content-Length: 0\r\nKeep-Alive: ${hint}\r\n`
  await pooled('hint', 'GET', hinted('timeout=5'), {})
  await pooled('hint', 'GET', hinted('timeout=5'), { timeout: 60_000 })
  await pooled('hint', 'GET', hinted('timeout=500'), { timeout: 60_000 })
  await pooled('hint', 'GET', hinted('max=7, timeout=5'), { timeout: 60_000 })
  await pooled('hint', 'GET', hinted('timeout=1'), { timeout: 60_000 })

  for (const options of [{ maxSockets: 0, maxFreeSockets: 0, keepAliveMsecs: 0 }, { maxSockets: 'many' }]) {
    const { maxSockets, maxFreeSockets, keepAliveMsecs } = new http.Agent(options)
    log('options', maxSockets, maxFreeSockets, keepAliveMsecs)
  }
  for (const options of [{ scheduling: 'random' }, { maxTotalSockets: 0 }, { maxTotalSockets: 'many' }]) {
    attempt('options', 'refused', () => new http.Agent(options))
  }

  const createConnection = () => { log('connect', 'asked'); throw new Error('no connection') }
  const port = await serve(reply('Content-Length: 0\r\n'))
  await ask('connect', { port, agent: false, createConnection })
  await ask('connect', { port, agent: new http.Agent(), createConnection })
  const agent = new http.Agent()
  agent.createConnection = (options, oncreate) => { oncreate(new Error('later')) }
  const req = http.get({ host: '127.0.0.1', port, agent })
  watch('connect', 'req', req, 'socket', 'error', 'close')
  await once(req, 'close')
}

async function ask(lane, options) {
  const closed = gate()
  const req = http.request({ host: '127.0.0.1', ...options })
  req.on('response', (res) => res.resume().on('close', closed.open))
  req.on('error', (err) => { log(lane, err); closed.open() })
  req.end()
  await closed
  return req
}

run(main)
