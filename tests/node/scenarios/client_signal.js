// The option `signal`: at each stage, before and after; what the error says; and that nothing is left behind.
const http = require('node:http')
const { attempt, gate, log, once, run, serve, watch } = require('./prelude')

async function main() {
  const port = await serve(async (peer) => {
    const head = await peer.until('\r\n\r\n')
    if (head.includes('/half')) peer.send('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhi')
    if (head.includes('/whole')) peer.send('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi')
  })

  const ask = async (lane, path, act, options = {}) => {
    const controller = new AbortController()
    const closed = gate()
    const resClosed = gate()
    const response = (res) => {
      watch(path === '/half' ? lane : `${lane} res`, 'res', res, 'aborted', 'end', 'error', 'close')
      res.on('close', resClosed.open)
      res.resume()
    }
    if (act === 'before') controller.abort('why')
    const req = http.get({ host: '127.0.0.1', port, path, agent: false, signal: controller.signal, ...options }, response)
    watch(lane, 'req', req, 'socket', 'finish', 'response', 'abort', 'error', 'close')
    req.on('error', (err) => log(lane, err.cause ?? null, req.destroyed))
    req.on('close', closed.open)
    if (typeof act === 'function') act(req, () => { controller.abort('why'); log(lane, 'aborted', req.destroyed) })
    await closed
    if (path !== '/') await resClosed
    controller.abort()
    log(lane, req.destroyed, req.aborted, req.closed, req.errored)
    return req
  }

  await ask('before', '/', 'before')
  await ask('at once', '/', (req, abort) => abort())
  await ask('on socket', '/', (req, abort) => req.on('socket', abort))
  await ask('on finish', '/', (req, abort) => req.on('finish', abort))
  await ask('on data', '/half', (req, abort) => req.on('response', (res) => res.once('data', abort)))
  await ask('on end', '/whole', (req, abort) => req.on('response', (res) => res.once('end', abort)))
  await ask('never', '/whole', 'never')

  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 })
  const first = http.get({ host: '127.0.0.1', port, agent })
  watch('first', 'req', first, 'error', 'close')
  await ask('queued', '/', (req, abort) => { abort(); first.destroy() }, { agent })

  const pool = new http.Agent({ keepAlive: true })
  await ask('pool', '/', (req, abort) => abort(), { agent: pool })
  log('pool', pool.totalSocketCount, Object.values(pool.freeSockets)[0].length)
  const after = http.get({ host: '127.0.0.1', port, path: '/whole', agent: pool })
  const res = await once(after, 'response')
  log('pool', res.statusCode, after.reusedSocket, pool.totalSocketCount)
  pool.destroy()

  attempt('refused', 'number', () => http.get({ port, signal: 5 }))
  attempt('refused', 'object', () => http.get({ port, signal: {} }))
}

run(main)
