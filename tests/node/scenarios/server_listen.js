// listen(): bound at once, 'listening' later; twice is an error, and so is a port in use.
const http = require('node:http')
const { attempt, listen, log, once, run } = require('./prelude')

async function main() {
  const server = http.createServer()
  server.on('listening', () => log('server', 'listening', server.listening))
  log('server', server.listening, server.address())
  const listening = once(server, 'listening')
  log('server', 'chains', server.listen(0, () => log('server', 'callback')) === server)
  log('server', server.listening, server.address().port > 0)
  attempt('server', 'listen again', () => server.listen(0))
  await listening

  const first = http.createServer()
  const port = await listen(first)
  log('first', first.address().address, first.address().family)

  const second = http.createServer()
  second.on('listening', () => log('second', 'listening'))
  second.on('error', (err) => {
    log('second', 'error', err, err.syscall, err.address, err.port === port)
    log('second', second.listening, second.address())
  })
  const failed = once(second, 'error')
  second.listen(port, '127.0.0.1')
  log('second', 'after')
  await failed
  log('second', 'listens elsewhere', await listen(second) > 0)

  const third = http.createServer()
  const opened = once(third, 'listening')
  third.listen({ port: 0, host: '127.0.0.1' })
  await opened
  log('third', third.address().address)
}

run(main)
