// From streams to iterations and back: for await, iterator(), Readable.from, async disposal.
const { Duplex, PassThrough, Readable, finished } = require('node:stream')
const { attempt, log, run, tick, watch } = require('./prelude')

async function settle() {
  for (let i = 0; i < 10; i++) await tick()
}

function filled(...chunks) {
  const stream = new Readable({ read() {} })
  for (const chunk of chunks) stream.push(chunk)
  return stream
}

function facts(stream) {
  return [stream.readableEnded, stream.destroyed, stream.readableFlowing, stream.readableDidRead, stream.errored?.code ?? null]
}

async function iterating() {
  const lane = 'iterate'
  const whole = filled('a', 'b', null)
  for await (const chunk of whole) log(lane, chunk)
  log(lane, facts(whole), whole.closed)
  const later = filled('a')
  setImmediate(() => later.push('b'))
  setImmediate(() => setImmediate(() => later.push(null)))
  for await (const chunk of later) log(lane, chunk)
  const failing = filled('a')
  failing.on('data', () => setImmediate(() => failing.destroy(new Error('no'))))
  try {
    for await (const chunk of failing) log(lane, chunk)
  } catch (error) {
    log(lane, error)
  }
  const closing = filled()
  setImmediate(() => closing.destroy())
  try {
    for await (const chunk of closing) log(lane, chunk)
  } catch (error) {
    log(lane, error)
  }
  for await (const chunk of whole) log(lane, 'again', chunk)
  const texts = filled('é').setEncoding('latin1')
  texts.push(null)
  for await (const text of texts) log(lane, text)
}

async function leaving() {
  const lane = 'leave'
  const left = filled('a', 'b')
  watch(lane, 'left', left, 'close')
  for await (const chunk of left) {
    log(lane, chunk)
    break
  }
  await settle()
  log(lane, facts(left))
  const kept = filled('a')
  for await (const chunk of kept.iterator({ destroyOnReturn: false })) {
    log(lane, chunk)
    break
  }
  await settle()
  log(lane, facts(kept))
  kept.push('b')
  kept.push(null)
  for await (const chunk of kept) log(lane, chunk)
  const half = new Duplex({ read() {}, write(chunk, encoding, callback) { callback() } })
  half.push('x')
  half.push(null)
  for await (const chunk of half) log(lane, chunk)
  await settle()
  log(lane, half.destroyed, half.writable)
}

async function fromIterables() {
  const lane = 'from'
  async function* later() {
    yield 1
    await tick()
    yield 'two'
  }
  function* now() {
    yield 'x'
    yield 'y'
  }
  for (const iterable of [[1, 2, 3], 'text', Buffer.from('bytes'), now(), later(), [Promise.resolve(1), 2], new Set(['s'])]) {
    const stream = Readable.from(iterable)
    const items = []
    for await (const item of stream) items.push(item)
    log(lane, items, stream.readableObjectMode, stream.readableHighWaterMark)
  }
  const bytes = Readable.from(['ab', 'cd'], { objectMode: false })
  log(lane, bytes.readableObjectMode, bytes.readableHighWaterMark)
  for await (const chunk of bytes) log(lane, chunk)
  attempt(lane, 'number', () => Readable.from(7))
  attempt(lane, 'null', () => Readable.from(null))
}

async function fromFailing() {
  const lane = 'from failing'
  async function* fails() {
    yield 1
    throw new Error('no')
  }
  function* failsNow() {
    yield 1
    throw new Error('now')
  }
  for (const iterable of [fails(), failsNow(), [1, null, 2], [Promise.reject(new Error('rejected'))]]) {
    const stream = Readable.from(iterable)
    try {
      for await (const item of stream) log(lane, item)
    } catch (error) {
      log(lane, error)
    }
  }
}

async function fromGivenUp() {
  const lane = 'from given up'
  async function* endless() {
    try {
      for (let i = 0; ; i++) yield i
    } finally {
      log(lane, 'cleaned up')
    }
  }
  function* endlessNow() {
    try {
      for (let i = 0; ; i++) yield i
    } finally {
      log(lane, 'cleaned up, too')
    }
  }
  for (const iterable of [endless(), endlessNow()]) {
    const stream = Readable.from(iterable)
    for await (const item of stream) {
      log(lane, item)
      if (item === 2) break
    }
    await settle()
    log(lane, facts(stream))
  }
}

async function pulling() {
  const lane = 'pull'
  function* counted() {
    for (let i = 0; i < 4; i++) {
      log(lane, 'asked', i)
      yield i
    }
  }
  const stream = Readable.from(counted())
  log(lane, stream.read())
  await settle()
  log(lane, stream.read(), stream.read())
  await settle()
  stream.on('data', (item) => log(lane, item))
  await settle()
}

async function disposing() {
  const lane = 'dispose'
  const stream = filled('a')
  watch(lane, 'stream', stream, 'close')
  try {
    await stream[Symbol.asyncDispose]()
    log(lane, facts(stream), stream.closed)
  } catch (error) {
    log(lane, error)
  }
  const done = filled(null)
  for await (const chunk of done) log(lane, chunk)
  await done[Symbol.asyncDispose]()
  log(lane, facts(done))
  const failed = filled()
  failed.on('error', () => {})
  failed.destroy(new Error('before'))
  try {
    await failed[Symbol.asyncDispose]()
  } catch (error) {
    log(lane, error)
  }
}

async function main() {
  await iterating()
  await leaving()
  await fromIterables()
  await fromFailing()
  await fromGivenUp()
  await pulling()
  await disposing()
}

run(main)
