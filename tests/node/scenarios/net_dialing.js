// The way to a connection: resolvers, several addresses, blocked ones, the local end, a signal; what http sees.
const http = require('node:http')
const net = require('node:net')
const { gate, listen, log, once, run } = require('./prelude')

const EVENTS = ['lookup', 'connectionAttempt', 'connectionAttemptFailed', 'connectionAttemptTimeout', 'connect', 'ready', 'error', 'close']

const one = (address, family) => ({ address, family })

async function main() {
  const server = http.createServer((req, res) => res.end(req.socket.remoteAddress))
  const port = await listen(server)
  await resolvers(port)
  await several(port)
  await blocked(port)
  await local(port)
  await paths()
  await signals(port)
  await requests(port)
}

function tell(lane, socket, port) {
  for (const event of EVENTS) socket.on(event, (...args) => log(lane, event, ...args.map((arg) => named(arg, port))))
}

function named(arg, port) {
  if (arg?.errors) return [arg.code, arg.errors.map((err) => named(err, port))]
  return arg instanceof Error ? [arg.code, arg.message.replace(`:${port}`, ':port')] : arg === port ? 'port' : arg
}

async function connect(lane, options) {
  const socket = new net.Socket()
  tell(lane, socket, options.port)
  socket.on('connect', () => socket.destroy())
  const closed = once(socket, 'close')
  socket.connect(options)
  await closed
  return socket
}

async function resolvers(port) {
  const asks = (answer) => (host, options, callback) => {
    log('lookup options', host, options)
    setImmediate(callback, ...answer)
  }
  const host = 'name.test'
  await connect('all', { port, host, lookup: asks([null, [one('127.0.0.1', 4)]]) })
  await connect('one', { port, host, family: 4, lookup: asks([null, '127.0.0.1', 4]) })
  await connect('named family', { port, host, family: 'IPv4', lookup: asks([null, '127.0.0.1', 4]) })
  await connect('no choice', { port, host, autoSelectFamily: false, hints: 0, lookup: asks([null, '127.0.0.1', 4]) })
  await connect('fails', { port, host, lookup: asks([Object.assign(new Error('no idea'), { code: 'EWHO' })]) })
  await connect('no address', { port, host, lookup: asks([null, [one('nonsense', 4)]]) })
  await connect('no family', { port, host, family: 4, lookup: asks([null, '127.0.0.1', 5]) })
  await connect('mixed', { port, host, lookup: asks([null, [one('nonsense', 4), one('127.0.0.1', 4)]]) })
  const socket = new net.Socket()
  socket.on('close', (hadError) => log('destroyed', 'close', hadError))
  socket.on('lookup', () => log('destroyed', 'never'))
  const asked = gate()
  socket.connect({ port, host, lookup: (host, options, callback) => asked.open(callback) })
  const callback = await asked
  socket.destroy()
  await once(socket, 'close')
  callback(null, [one('127.0.0.1', 4)])
}

async function several(port) {
  const lookup = (host, options, callback) => callback(null, [one('127.0.0.2', 4), one('127.0.0.3', 4), one('127.0.0.2', 4)])
  const failed = await connect('several', { port: 1, host: 'name.test', lookup })
  log('several', failed.autoSelectFamilyAttemptedAddresses)
  const found = (host, options, callback) => callback(null, [one('127.0.0.9', 4), one('127.0.0.1', 4)])
  const socket = await connect('second', { port, host: 'name.test', lookup: found })
  log('second', socket.autoSelectFamilyAttemptedAddresses.length)
}

async function blocked(port) {
  const blockList = new net.BlockList()
  blockList.addSubnet('127.0.0.0', 8)
  const lookup = (host, options, callback) => callback(null, [one('127.0.0.1', 4), one('127.0.0.2', 4)])
  for (const host of ['127.0.0.1', 'name.test']) {
    const socket = new net.Socket({ blockList })
    tell(`blocked ${host}`, socket, port)
    const closed = once(socket, 'close')
    socket.connect({ port, host, lookup })
    await closed
  }
}

async function local(port) {
  const host = '127.0.0.1'
  const socket = net.connect({ port, host, localAddress: '127.0.0.5' })
  await once(socket, 'connect')
  log('local', socket.localAddress)
  await connect('absent', { port, host, localAddress: '192.0.2.1' })
  const err = await once(net.connect({ port: 1, host, localAddress: '127.0.0.6', localPort: socket.localPort }), 'error')
  log('local', err.code, err.message.replaceAll(socket.localPort, 'port'))
  socket.destroy()
}

async function paths() {
  const socket = new net.Socket()
  tell('path', socket, 0)
  const closed = once(socket, 'close')
  socket.connect('/nowhere/socket')
  await closed
}

async function signals(port) {
  const controller = new AbortController()
  const socket = net.connect({ port, host: '127.0.0.1', signal: controller.signal })
  socket.on('error', (err) => log('signal', err))
  socket.on('connect', () => controller.abort())
  await once(socket, 'close')
  log('signal', socket.destroyed)
}

async function requests(port) {
  const lookup = (host, options, callback) => callback(null, [one('127.0.0.2', 4), one('127.0.0.3', 4)])
  const failing = http.get({ host: 'name.test', port: 1, lookup, agent: false })
  const err = await once(failing, 'error')
  log('request', err.code, err.errors)
  const found = (host, options, callback) => callback(null, '127.0.0.1', 4)
  const wanted = { host: 'name.test', port, lookup: found, localAddress: '127.0.0.7', agent: false }
  const res = await once(http.get(wanted), 'response')
  res.setEncoding('utf8')
  res.on('data', (text) => log('request', text))
  await once(res, 'end')
}

run(main)
