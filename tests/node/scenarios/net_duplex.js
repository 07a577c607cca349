// Any duplex stream as a connection, on both sides: what goes through and how it ends.
const http = require('node:http')
const { Duplex, duplexPair } = require('node:stream')
const { body, log, once, run, watch } = require('./prelude')

async function main() {
  await exchange()
  await large()
  await closedByTheServer()
  await lostByTheServer()
  await brokenStream()
}

function over(lane, handler) {
  const [near, far] = duplexPair()
  const server = http.createServer(handler)
  server.on('clientError', (err, socket) => { log(lane, 'clientError', err); socket.destroy() })
  server.emit('connection', far)
  return [near, far, (options) => http.request({ createConnection: () => near, ...options })]
}

async function exchange() {
  const [near, far, request] = over('exchange', async (req, res) => {
    log('exchange', req.method, req.url, (await body(req)).toString(), req.socket.remoteAddress)
    res.setHeader('Date', 'now')
    res.end('hello')
  })
  const req = request({ method: 'POST', path: '/x' })
  req.end('over a duplex')
  const res = await once(req, 'response')
  log('exchange', res.statusCode, res.rawHeaders, await body(res))
}

async function large() {
  const [near, far, request] = over('large', (req, res) => {
    log('large', res.write(Buffer.alloc(500_000, 'a')))
    res.once('drain', () => { log('large', 'drain'); res.end(Buffer.alloc(300_000, 'b')) })
  })
  const res = await once(request({}).end(), 'response')
  const got = await body(res)
  log('large', got.length, got[0], got[got.length - 1])
}

async function closedByTheServer() {
  const [near, far, request] = over('closed', (req, res) => res.end('bye'))
  const ended = once(near, 'end')
  near.on('close', () => log('closed', 'near close'))
  const req = request({ headers: { connection: 'close' } })
  const res = await once(req.end(), 'response')
  log('closed', (await body(res)).toString())
  await ended
  log('closed', far.writableEnded)
}

async function lostByTheServer() {
  const [near, far, request] = over('lost', (req, res) => far.destroy())
  const req = request({})
  watch('lost', 'req', req, 'error', 'close')
  req.end()
  await once(req, 'close')
}

async function brokenStream() {
  const broken = new Duplex({ read() {}, write(chunk, encoding, callback) { callback(new Error('cable cut')) } })
  const req = http.request({ createConnection: () => broken })
  watch('broken', 'req', req, 'error', 'close')
  req.end()
  await once(req, 'close')
  log('broken', broken.destroyed)
}

run(main)
