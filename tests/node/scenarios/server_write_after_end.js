// Writing after end: false, an error for the callback, an 'error' event; ending twice.
const http = require('node:http')
const { gate, listen, log, raw, run, watch } = require('./prelude')

async function main() {
  const closed = gate()
  const server = http.createServer((req, res) => {
    watch('server', 'res', res, 'error', 'finish', 'close')
    res.end('hi', () => log('server', 'end callback'))
    log('server', 'write', res.write('more', (err) => log('server', 'write callback', err)))
    log('server', 'end', res.end(() => log('server', 'second end callback')) === res)
    log('server', 'end', res.end('more', (err) => log('server', 'third end callback', err)) === res)
    log('server', res.writableEnded, res.errored)
    res.on('close', () => {
      log('closed', 'write', res.write('late', (err) => log('closed', 'write callback', err)))
      log('closed', 'end', res.end((err) => log('closed', 'end callback', err)) === res)
      closed.open()
    })
  })
  log('wire', await raw(await listen(server), 'GET / HTTP/1.0\r\n\r\n'))
  await closed
}

run(main)
