// write(cb), end(cb), finish and close, in this order; what the flags say on the way.
const http = require('node:http')
const { gate, listen, log, raw, run } = require('./prelude')

async function main() {
  const closed = gate()
  const server = http.createServer((req, res) => {
    const state = (name) => {
      log('server', name, res.headersSent, res.writableEnded, res.writableFinished, res.writable, res.destroyed)
    }

    state('start')
    res.write('one', () => state('write callback'))
    state('written')
    res.write('two', 'latin1', () => state('second write callback'))
    const listeners = res.listenerCount('finish')
    res.end('three', 'utf8', (...args) => { state('end callback'); log('server', args) })
    log('server', 'listeners', res.listenerCount('finish') - listeners)
    state('ended')
    res.on('finish', () => state('finish'))
    res.on('close', () => state('close'))
    res.on('close', closed.open)
  })
  log('wire', await raw(await listen(server), 'GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'))
  await closed
}

run(main)
