// Events to await and to iterate over.
const { once, on } = require('node:events')
const http = require('node:http')
const { attempt, log, run, tick } = require('./prelude')

async function failure(lane, name, promise) {
  try {
    log(lane, name, await promise)
  } catch (err) {
    log(lane, name, err, typeof err.cause === 'string' ? err.cause : null)
  }
}

const count = (server) => server.listenerCount('x') + server.listenerCount('error')

async function main() {
  const server = http.createServer()
  const one = once(server, 'x')
  log('once', 'listens', count(server))
  server.emit('x', 1, 'two')
  log('once', 'listens', count(server))
  await failure('once', 'came', one)

  const two = once(server, 'x')
  server.emit('error', new Error('mine'))
  await failure('once', 'error', two)
  const three = once(server, 'error')
  server.emit('error', 7)
  await failure('once', 'error awaited', three)

  const controller = new AbortController()
  const four = once(server, 'x', { signal: controller.signal })
  controller.abort('enough')
  await failure('once', 'aborted', four)
  await failure('once', 'aborted before', once(server, 'x', { signal: controller.signal }))
  log('once', 'listens', count(server))
  const five = once(server, 'listening')
  server.listen(0, '127.0.0.1')
  await failure('once', 'listening', five)
  server.close()

  const events = on(server, 'x')
  server.emit('x', 1)
  server.emit('x', 2, 'three')
  log('on', (await events.next()).value, (await events.next()).value)
  const next = events.next()
  await tick()
  server.emit('x', 4)
  log('on', (await next).value)
  server.emit('x', 5)
  server.emit('error', new Error('mine'))
  log('on', 'left', count(server))
  log('on', (await events.next()).value)
  await failure('on', 'error', events.next())
  log('on', 'done', (await events.next()).done)

  setImmediate(() => server.emit('x', 'looped'))
  for await (const args of on(server, 'x')) {
    log('loop', args, count(server))
    break
  }
  log('loop', 'left', count(server))

  const closed = on(server, 'x', { close: ['end'] })
  server.emit('x', 1)
  server.emit('end')
  server.emit('x', 2)
  for await (const args of closed) log('closed', args)
  log('closed', 'left', count(server), server.listenerCount('end'))

  const second = new AbortController()
  const aborted = on(server, 'x', { signal: second.signal })
  second.abort('enough')
  await failure('aborted', 'next', aborted.next())
  attempt('aborted', 'before', () => on(server, 'x', { signal: second.signal }))

  server.pause = () => log('marks', 'pause')
  server.resume = () => log('marks', 'resume')
  const marked = on(server, 'x', { highWaterMark: 2, lowWaterMark: 2 })
  for (let i = 1; i < 5; i++) {
    log('marks', 'emit', i)
    server.emit('x', i)
  }
  for (let i = 1; i < 5; i++) log('marks', 'took', (await marked.next()).value)

  const mistakes = [
    () => on(server, 'x', { signal: 4 }), () => on(server, 'x', { highWaterMark: 0 }),
    () => on(server, 'x', { lowWaterMark: '1' }), () => on({}, 'x'),
  ]
  for (const mistake of mistakes) attempt('mistakes', 'on', mistake)
}

run(main)
