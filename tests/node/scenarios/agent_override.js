// What a subclass of Agent, or one instance, may replace; what it is given; and how a replaced part fails.
const http = require('node:http')
const net = require('node:net')
const { answer, attempt, gate, log, once, run, serve, watch } = require('./prelude')

const OPTIONS = ['host', 'path', 'socketPath', 'timeout', 'noDelay', 'keepAlive', 'keepAliveInitialDelay', 'servername', 'localAddress']

class Told extends http.Agent {
  addRequest(req, options) {
    log('told', 'addRequest', req.path, options.path)
    super.addRequest(req, options)
  }

  createSocket(req, options, callback) {
    log('told', 'createSocket', req.path, options.path)
    super.createSocket(req, options, (err, socket) => {
      log('told', 'created', err, socket instanceof net.Socket)
      callback(err, socket)
    })
  }

  createConnection(options, callback) {
    log('told', 'createConnection', ...OPTIONS.map((name) => options[name] ?? null))
    return super.createConnection(options, callback)
  }

  keepSocketAlive(socket) {
    log('told', 'keepSocketAlive', super.keepSocketAlive(socket), socket.timeout)
    return this.keep
  }

  reuseSocket(socket, req) {
    super.reuseSocket(socket, req)
    log('told', 'reuseSocket', req.path, req.reusedSocket)
  }

  removeSocket(socket, options) {
    log('told', 'removeSocket')
    super.removeSocket(socket, options)
  }

  getName(options) {
    return `named ${options.host}`
  }
}

async function main() {
  const port = await serve(answer('HTTP/1.1 200 OK\r\nContent-Length: 0\r\nKeep-Alive: timeout=4\r\n\r\n'))
  const told = new Told({ keepAlive: true, keepAliveMsecs: 3000, timeout: 6000, localAddress: '127.0.0.1' })
  told.on('free', (socket, options) => log('free', socket instanceof net.Socket, options.host))

  const get = async (path, agent, options = {}) => {
    const closed = gate()
    const req = http.get({ host: '127.0.0.1', port, path, agent, ...options }, (res) => res.resume().on('close', closed.open))
    req.gone = gate()
    req.on('socket', (socket) => socket.on('close', req.gone.open))
    await closed
    return req
  }

  told.keep = true
  await get('/1', told)
  log('pool', Object.keys(told.freeSockets), told.totalSocketCount)
  told.keep = false
  const second = await get('/2', told, { timeout: 7000 })
  await second.gone
  log('pool', Object.keys(told.freeSockets), told.totalSocketCount)

  const own = new http.Agent({ keepAlive: true })
  own.keepSocketAlive = () => false
  const third = await get('/3', own)
  await third.gone
  own.getName = () => 'all'
  own.keepSocketAlive = () => true
  await get('/4', own)
  log('own', Object.keys(own.freeSockets))
  own.destroy()

  const failing = new http.Agent()
  failing.createConnection = () => { throw new Error('no connection') }
  attempt('failing', 'thrown', () => http.get({ port, agent: failing }))
  attempt('failing', 'port', () => http.get({ port: 'x', agent: new http.Agent() }))
  failing.createConnection = (options, callback) => { setImmediate(callback, new Error('later')) }
  const req = http.get({ host: '127.0.0.1', port, agent: failing })
  watch('failing', 'req', req, 'socket', 'error', 'close')
  await once(req, 'close')
  failing.createConnection = (options, callback) => {
    const socket = net.connect(port, '127.0.0.1')
    socket.once('connect', () => { callback(null, socket); callback(new Error('second')) })
  }
  const late = await get('/late', failing)
  log('failing', late.res.statusCode, late.host, late.reusedSocket)

  const legacy = new http.Agent()
  const custom = {
    addRequest(request, options) {
      log('custom', options.host, options.path, options.headers, request.shouldKeepAlive)
      legacy.addRequest(request, '127.0.0.1', port)
    },
  }
  const customReq = await get('/custom', custom, { host: 'nowhere.invalid', headers: { Host: 'custom' } })
  log('custom', customReq.res.statusCode)
}

run(main)
