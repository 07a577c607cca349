// A socket's own life: what it says of itself, writes before and after the connection, time, and the ways to end.
const net = require('node:net')
const { attempt, listen, log, once, run, sleep, watch } = require('./prelude')

const FACTS = ['connecting', 'pending', 'readyState', 'destroyed', 'allowHalfOpen', 'writable', 'writableEnded', 'writableFinished',
  'writableLength', 'writableCorked', 'writableObjectMode', 'writableNeedDrain', 'writableHighWaterMark', 'readable', 'closed',
  'errored', 'bytesRead', 'bytesWritten', 'bufferSize', 'timeout', 'remoteAddress', 'autoSelectFamilyAttemptedAddresses']

async function main() {
  const server = net.createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', () => {})
    socket.on('end', () => socket.end('bye'))
    socket.resume()
  })
  const port = await listen(server)
  await facts(port)
  await refused()
  await destroyedEarly(port)
  await unconnected()
  await corked(port)
  await time(port)
  await endings(port)
  await endedByThePeer()
  await misuse()
}

async function facts(port) {
  const socket = new net.Socket()
  tell('fresh', socket)
  log('facts', socket.address())
  const connected = once(socket, 'connect')
  log('facts', socket.connect(port, '127.0.0.1', () => log('facts', 'callback')) === socket)
  tell('opening', socket)
  await connected
  tell('open', socket)
  const { address, family } = socket.address()
  log('facts', address, family, socket.localPort > 0, socket.remotePort === port, socket.remoteFamily, socket.localFamily)
  socket.on('data', (chunk) => log('facts', chunk, socket.bytesRead))
  const closed = once(socket, 'close')
  socket.end('hello')
  log('facts', socket.bytesWritten, socket.readyState, socket.writable)
  await closed
  tell('closed', socket)
}

function tell(name, socket) {
  for (const fact of FACTS) log(name, fact, socket[fact])
}

async function refused() {
  const socket = new net.Socket()
  watch('refused', 'socket', socket, 'error')
  socket.on('close', (hadError) => log('refused', 'close', hadError))
  socket.connect(1, '127.0.0.1')
  for (const name of ['a', 'b', 'c']) socket.write(name, (err) => log('refused callbacks', name, err))
  log('refused', socket.bytesWritten, socket.writableLength)
  await once(socket, 'close')
  await sleep(5)
}

async function destroyedEarly(port) {
  const socket = new net.Socket()
  socket.on('close', (hadError) => log('destroyed', 'close', hadError))
  socket.connect(port, '127.0.0.1')
  for (const name of ['a', 'b']) socket.write(name, (err) => log('destroyed callbacks', name, err))
  socket.destroy()
  await once(socket, 'close')
  socket.write('late', (err) => log('destroyed callbacks', 'late', err))
  await sleep(5)
}

async function unconnected() {
  const socket = new net.Socket()
  watch('unconnected', 'socket', socket, 'error', 'close')
  log('unconnected', socket.write('x', (err) => log('unconnected', 'callback', err)))
  await once(socket, 'close')
  const other = new net.Socket()
  watch('unconnected', 'other', other, 'error', 'close')
  log('unconnected', other.resetAndDestroy() === other)
  await once(other, 'close')
}

async function corked(port) {
  const socket = net.connect(port, '127.0.0.1')
  await once(socket, 'connect')
  socket.cork()
  socket.cork()
  socket.write('abc', () => log('corked', 'written'))
  log('corked', socket.writableCorked, socket.writableLength)
  socket.uncork()
  log('corked', socket.writableCorked, socket.writableLength)
  socket.uncork()
  log('corked', socket.writableCorked, socket.writableLength)
  attempt('corked', 'setDefaultEncoding', () => socket.setDefaultEncoding('nope'))
  log('corked', socket.setDefaultEncoding('hex') === socket)
  socket.write('616263')
  log('corked', socket.bytesWritten)
  socket.destroy()
}

async function time(port) {
  const socket = net.connect(port, '127.0.0.1')
  await once(socket, 'connect')
  socket.on('timeout', () => log('time', 'timeout', socket.timeout))
  log('time', socket.setTimeout(15, () => log('time', 'callback')) === socket)
  await sleep(120)
  const again = once(socket, 'timeout')
  socket.write('x')
  await again
  socket.setTimeout(0)
  log('time', socket.timeout)
  socket.destroy()
  log('time', socket.setTimeout(10) === socket, socket.timeout)
}

async function endings(port) {
  const soon = net.connect(port, '127.0.0.1')
  await once(soon, 'connect')
  soon.on('close', (hadError) => log('soon', 'close', hadError))
  soon.on('finish', () => log('soon', 'finish'))
  soon.write('x', () => log('soon', 'written'))
  soon.destroySoon()
  log('soon', soon.destroyed, soon.writable)
  await once(soon, 'close')
  const reset = net.connect(port, '127.0.0.1')
  reset.on('connect', () => log('reset', 'connect'))
  reset.on('close', (hadError) => log('reset', 'close', hadError))
  reset.resetAndDestroy()
  log('reset', reset.destroyed)
  await once(reset, 'close')
}

async function endedByThePeer() {
  const server = net.createServer((socket) => socket.end())
  const socket = net.connect(await listen(server), '127.0.0.1')
  watch('ended', 'socket', socket, 'end', 'finish', 'error')
  socket.on('close', (hadError) => log('ended', 'close', hadError))
  socket.resume()
  socket.on('finish', () => log('ended', socket.write('x', (err) => log('ended', 'callback', err))))
  await once(socket, 'close')
  await sleep(5)
}

async function misuse() {
  const fresh = () => new net.Socket()
  attempt('misuse', 'nothing', () => fresh().connect())
  attempt('misuse', 'empty', () => fresh().connect({}))
  attempt('misuse', 'port', () => fresh().connect(-1))
  attempt('misuse', 'port true', () => fresh().connect({ port: true }))
  attempt('misuse', 'path', () => fresh().connect({ path: 5 }))
  attempt('misuse', 'host', () => fresh().connect({ port: 1, host: 5 }))
  attempt('misuse', 'null byte', () => fresh().connect({ port: 1, host: 'a\0' }))
  attempt('misuse', 'localAddress', () => fresh().connect({ port: 1, localAddress: 'foo' }))
  attempt('misuse', 'localPort', () => fresh().connect({ port: 1, localPort: 'x' }))
  attempt('misuse', 'lookup', () => fresh().connect({ port: 1, host: 'x', lookup: 5 }))
  attempt('misuse', 'family', () => fresh().connect({ port: 1, host: 'localhost', family: 7 }))
  attempt('misuse', 'hints', () => fresh().connect({ port: 1, host: 'localhost', hints: 1 }))
  attempt('misuse', 'autoSelectFamily', () => fresh().connect({ port: 1, autoSelectFamily: 5 }))
  attempt('misuse', 'attempt timeout', () => fresh().connect({ port: 1, autoSelectFamilyAttemptTimeout: 0 }))
  attempt('misuse', 'tos', () => fresh().setTypeOfService(256))
  attempt('misuse', 'tos text', () => fresh().setTypeOfService('1'))
  log('misuse', fresh().setTypeOfService(16).getTypeOfService(), fresh().getTypeOfService())
}

run(main)
