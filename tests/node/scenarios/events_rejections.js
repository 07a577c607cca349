// Listeners that only look at errors, and `async` listeners that fail while failures are captured.
const {
  EventEmitter, captureRejectionSymbol, errorMonitor, getEventListeners, getMaxListeners, listenerCount, once,
  setMaxListeners,
} = require('node:events')
const http = require('node:http')
const { attempt, log, run } = require('./prelude')

async function main() {
  const watched = http.createServer()
  watched.on(errorMonitor, (err) => log('monitor', 'sees', err))
  attempt('monitor', 'unheard', () => watched.emit('error', new Error('mine')))
  watched.on('error', (err) => log('monitor', 'handles', err))
  attempt('monitor', 'heard', () => watched.emit('error', new Error('mine')))
  log('monitor', watched.listenerCount('error'), watched.listenerCount(errorMonitor), watched.eventNames().includes(errorMonitor))

  log('functions', getEventListeners(watched, 'error').length, listenerCount(watched, 'error'))
  setMaxListeners(30, watched)
  log('functions', getMaxListeners(watched), getMaxListeners(http.createServer()), EventEmitter.defaultMaxListeners)
  const { signal } = new AbortController()
  signal.addEventListener('abort', () => {})
  log('functions', getEventListeners(signal, 'abort').length, listenerCount(signal, 'abort'), getMaxListeners(signal))
  attempt('functions', 'no emitter', () => getEventListeners(7, 'x'))
  attempt('functions', 'no emitter', () => setMaxListeners(7, {}))

  EventEmitter.captureRejections = true
  const server = http.createServer()
  server.on('x', async () => { throw new Error('from an async listener') })
  const failed = once(server, 'error')
  log('captured', server.emit('x'))
  log('captured', await failed)

  const told = new Promise((resolve) => {
    server[captureRejectionSymbol] = (err, name, ...args) => resolve([err, name, ...args])
  })
  log('told', server.emit('x', 1, 'two'))
  log('told', ...await told)
}

run(main)
