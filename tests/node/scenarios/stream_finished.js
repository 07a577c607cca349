// finished: when a stream is done with, well or not; on streams of every kind, and too late.
const { Duplex, PassThrough, Readable, Writable, finished, promises } = require('node:stream')
const { attempt, log, run, tick, watch } = require('./prelude')

const readable = (options) => new Readable({ read() {}, ...options })
const writable = (options) => new Writable({ write(chunk, encoding, callback) { callback() }, ...options })

const tell = (lane, name) => (error) => log(lane, name, error)

async function settle() {
  for (let i = 0; i < 5; i++) await tick()
}

async function reading() {
  const lane = 'readable'
  const done = readable()
  finished(done, tell(lane, 'done'))
  watch(lane, 'done', done, 'end', 'close')
  done.resume().push(null)
  await settle()
  finished(done, tell(lane, 'late'))
  await settle()

  const early = readable()
  finished(early, tell(lane, 'early'))
  early.destroy()
  await settle()
  finished(early, tell(lane, 'early, late'))
  await settle()

  const failed = readable()
  finished(failed, tell(lane, 'failed'))
  failed.destroy(new Error('no'))
  await settle()
  finished(failed, tell(lane, 'failed, late'))
  await settle()
}

async function writing() {
  const lane = 'writable'
  const done = writable()
  finished(done, tell(lane, 'done'))
  watch(lane, 'done', done, 'finish', 'close')
  done.end('x')
  await settle()
  finished(done, tell(lane, 'late'))
  await settle()

  const early = writable()
  finished(early, tell(lane, 'early'))
  early.write('x')
  early.destroy()
  await settle()

  const failed = writable({ write(chunk, encoding, callback) { callback(new Error('no')) } })
  finished(failed, tell(lane, 'failed'))
  failed.end('x')
  await settle()

  const forever = writable({ final() {} })
  finished(forever, tell(lane, 'never'))
  forever.end()
  await settle()
}

async function both() {
  const lane = 'duplex'
  const stream = new PassThrough()
  finished(stream, tell(lane, 'both'))
  finished(stream, { readable: false }, tell(lane, 'writable'))
  finished(stream, { writable: false }, tell(lane, 'readable'))
  watch(lane, 'stream', stream, 'finish', 'end', 'close')
  stream.end('x')
  await settle()
  log(lane, 'read')
  stream.resume()
  await settle()

  const half = new Duplex({ read() {}, write(chunk, encoding, callback) { callback() } })
  finished(half, tell(lane, 'half'))
  finished(half, { writable: false }, tell(lane, 'half readable'))
  half.resume().push(null)
  await settle()
  half.destroy()
  await settle()
}

async function options() {
  const lane = 'options'
  const aborted = readable()
  const controller = new AbortController()
  finished(aborted, { signal: controller.signal }, (error) => log(lane, 'aborted', error.code, error.name))
  controller.abort()
  await settle()
  log(lane, aborted.destroyed)
  finished(aborted, { signal: controller.signal }, (error) => log(lane, 'already', error.code))
  await settle()

  const stopped = readable()
  const stop = finished(stopped, tell(lane, 'stopped'))
  log(lane, stopped.listenerCount('end'), stopped.listenerCount('close'), stopped.listenerCount('error'))
  stop()
  log(lane, stopped.listenerCount('end'), stopped.listenerCount('close'), stopped.listenerCount('error'))
  stopped.destroy()
  await settle()

  const deaf = readable()
  finished(deaf, { error: false }, tell(lane, 'deaf'))
  deaf.on('error', () => {})
  deaf.destroy(new Error('no'))
  await settle()

  attempt(lane, 'no stream', () => finished({}, () => {}))
  attempt(lane, 'no signal', () => finished(readable(), { signal: 1 }, () => {}))
}

async function awaited() {
  const lane = 'awaited'
  const done = writable()
  const waiting = promises.finished(done, { cleanup: true })
  done.end()
  log(lane, await waiting ?? null, done.listenerCount('finish'))
  const failed = writable()
  const failing = promises.finished(failed)
  failed.destroy()
  try {
    await failing
  } catch (error) {
    log(lane, error)
  }
}

async function main() {
  await reading()
  await writing()
  await both()
  await options()
  await awaited()
}

run(main)
