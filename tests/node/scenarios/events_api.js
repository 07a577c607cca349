// The event emitter underneath everything, shown on a server that never listens.
const http = require('node:http')
const { attempt, log, run } = require('./prelude')

async function main() {
  const server = http.createServer().removeAllListeners() // Node's own
  const first = (...args) => log('emit', 'first', ...args)
  const second = (...args) => log('emit', 'second', ...args)
  log('chains', server.on('a', first) === server, server.once('a', second) === server)
  log('chains', server.prependListener('a', () => log('emit', 'prepended')) === server)
  log('chains', server.prependOnceListener('a', () => log('emit', 'prepended once')) === server)
  log('count', server.listenerCount('a'), server.listenerCount('a', first), server.listenerCount('nothing'))
  log('emit', server.emit('a', 1, 'two'))
  log('emit', server.emit('a'))
  log('emit', server.emit('nothing'))
  log('count', server.listenerCount('a'), server.listeners('a').length, server.listeners('a')[1] === first)
  server.addListener('a', first)
  server.off('a', first)
  log('count', server.listenerCount('a'))
  server.removeListener('a', first)
  server.removeListener('a', first)
  log('count', server.listenerCount('a'))
  server.removeAllListeners('a')
  log('count', server.listenerCount('a'))

  server.on('newListener', (name) => log('meta', 'newListener', name, server.listenerCount('b')))
  server.on('removeListener', (name) => log('meta', 'removeListener', name, server.listenerCount('b')))
  server.on('b', first)
  server.once('b', second)
  server.emit('b')
  server.off('b', first)
  log('names', server.eventNames().includes('newListener'), server.eventNames().includes('b'))

  server.on('c', function later() { log('during', 'removes itself'); server.off('c', later) })
  server.on('c', () => server.on('c', () => log('during', 'added')))
  server.emit('c')
  server.emit('c')

  server.on('e', first).once('e', first).on('e', second)
  server.removeAllListeners()
  log('names', ...server.eventNames())
  const again = () => { server.off('f', again); server.emit('f') }
  server.on('f', again).once('f', () => log('during', 'once'))
  server.emit('f')

  const mistakes = [
    () => server.on('g', 7), () => server.off('g', 7), () => server.prependListener('g', {}),
    () => server.setMaxListeners(-1), () => server.setMaxListeners('3'), () => server.setMaxListeners(NaN),
  ]
  for (const mistake of mistakes) attempt('mistakes', 'it', mistake)

  attempt('error', 'unheard', () => server.emit('error', new Error('mine')))
  try {
    server.emit('error', 7)
  } catch (err) {
    log('error', 'no error', err, err.context)
  }
  server.on('error', (err) => log('error', err))
  attempt('error', 'heard', () => server.emit('error', new Error('mine')))
  server.on('d', () => { throw new Error('from a listener') })
  server.on('d', () => log('thrown', 'never reached'))
  attempt('thrown', 'emit', () => server.emit('d'))
  log('max', server.getMaxListeners(), server.setMaxListeners(20) === server, server.getMaxListeners())
}

run(main)
