// Duplex, Transform and PassThrough: two sides, and when they are closed; a pair, each the far end of the other.
const { Duplex, PassThrough, Transform, duplexPair } = require('node:stream')
const { attempt, log, once, run, watch } = require('./prelude')

const EVENTS = ['data', 'end', 'drain', 'prefinish', 'finish', 'error', 'close', 'pause', 'resume']

function state(stream) {
  return [
    stream.readable, stream.readableEnded, stream.readableLength, stream.readableFlowing, stream.readableDidRead,
    stream.readableAborted, stream.writable, stream.writableEnded, stream.writableFinished, stream.writableLength,
    stream.writableNeedDrain, stream.destroyed, stream.closed, stream.errored,
  ]
}

function upper(chunk, encoding, callback) {
  callback(null, chunk.toString().toUpperCase())
}

async function transforms() {
  const lane = 'transform'
  const stream = new Transform({
    transform: upper,
    flush(callback) { callback(null, '!') },
  })
  watch(lane, 'stream', stream, ...EVENTS)
  stream.on('data', (chunk) => log(lane, chunk))
  log(lane, stream.write('abc'), stream.write('def', () => log(lane, 'written')))
  stream.end('ghi', () => log(lane, 'ended'))
  log(lane, state(stream))
  await once(stream, 'close')
  log(lane, state(stream))
}

async function transformErrors() {
  for (const [lane, transform] of [
    ['transform fails', (chunk, encoding, callback) => callback(new Error('no'))],
    ['transform fails later', (chunk, encoding, callback) => setImmediate(callback, new Error('no'))],
  ]) {
    const stream = new Transform({ transform })
    watch(lane, 'stream', stream, ...EVENTS)
    stream.write('a', (error) => log(lane, 'a', error))
    stream.write('b', (error) => log(lane, 'b', error))
    stream.end((error) => log(lane, 'end', error))
    await once(stream, 'close')
    log(lane, state(stream))
  }
  attempt('not implemented', 'write', () => new Transform().write('x'))
  const flushing = new Transform({ transform: upper, flush(callback) { callback(new Error('flush')) } })
  watch('flush fails', 'stream', flushing, ...EVENTS)
  flushing.resume().end('x')
  await once(flushing, 'close')
}

async function backPressure() {
  const lane = 'back-pressure'
  const stream = new PassThrough({ highWaterMark: 4 })
  watch(lane, 'stream', stream, 'drain', 'finish', 'end', 'close')
  log(lane, stream.write('ab'), stream.write('cd'), stream.write('ef'), stream.write('gh'))
  log(lane, stream.readableLength, stream.writableLength, stream.writableNeedDrain)
  await once(stream, 'readable')
  log(lane, stream.read(), stream.readableLength, stream.writableLength)
  await once(stream, 'drain')
  log(lane, stream.readableLength, stream.writableLength)
  stream.end()
  stream.on('data', (chunk) => log(lane, chunk))
  await once(stream, 'close')
  const none = new PassThrough({ highWaterMark: 0 })
  log('no buffer', none.readableHighWaterMark, none.writableHighWaterMark, none.write('a'), none.write('b'))
  log('no buffer', none.readableLength, none.writableLength)
}

async function sides() {
  const lane = 'sides'
  const echo = []
  const stream = new Duplex({
    read() {},
    write(chunk, encoding, callback) { echo.push(chunk); callback() },
    readableObjectMode: true,
    writableHighWaterMark: 3,
  })
  watch(lane, 'stream', stream, ...EVENTS)
  log(lane, stream.readableObjectMode, stream.writableObjectMode, stream.readableHighWaterMark, stream.writableHighWaterMark)
  log(lane, stream.write('abc'), stream.push(7), stream.allowHalfOpen)
  stream.end('d')
  await once(stream, 'finish')
  log(lane, state(stream), echo)
  stream.push(null)
  stream.on('data', (item) => log(lane, item))
  await once(stream, 'close')
  log(lane, state(stream))
}

async function halfOpen() {
  for (const allowHalfOpen of [true, false]) {
    const lane = `half-open ${allowHalfOpen}`
    const stream = new Duplex({ allowHalfOpen, read() {}, write(chunk, encoding, callback) { callback() } })
    watch(lane, 'stream', stream, ...EVENTS)
    const closed = once(stream, 'close')
    stream.resume().push(null)
    await once(stream, 'end')
    if (allowHalfOpen) stream.end()
    await closed
    log(lane, state(stream))
  }
  for (const side of ['readable', 'writable']) {
    const stream = new Duplex({ [side]: false, read() {}, write(chunk, encoding, callback) { callback() } })
    watch(side, 'stream', stream, ...EVENTS)
    log(side, state(stream))
    if (side === 'readable') stream.end('x')
    else stream.resume().push(null)
    await once(stream, 'close')
    log(side, state(stream))
  }
}

async function pair() {
  const lane = 'pair'
  const [a, b] = duplexPair()
  watch(lane, 'a', a, ...EVENTS)
  watch(lane, 'b', b, ...EVENTS)
  b.on('data', (chunk) => log(lane, 'b got', chunk))
  log(lane, a.write('hello', () => log(lane, 'written')), a.write(''))
  log(lane, state(a))
  await once(b, 'data')
  b.end('bye')
  a.on('data', (chunk) => log(lane, 'a got', chunk))
  await once(a, 'end')
  log(lane, state(a), state(b))
  a.end()
  await once(a, 'close')
  log(lane, state(a), state(b))
}

async function pairDestroyed() {
  for (const error of [undefined, new Error('gone')]) {
    const lane = `pair destroyed ${error !== undefined}`
    const [a, b] = duplexPair()
    watch(lane, 'a', a, ...EVENTS)
    watch(lane, 'b', b, ...EVENTS)
    b.resume()
    a.write('x', (error) => log(lane, 'written', error))
    a.destroy(error)
    await once(b, error ? 'close' : 'end')
    log(lane, state(a), state(b))
    b.destroy()
  }
}

async function pairSlow() {
  const lane = 'pair slow'
  const [a, b] = duplexPair({ highWaterMark: 4 })
  watch(lane, 'a', a, 'drain', 'finish')
  log(lane, a.write('ab'), a.write('cd'), a.write('ef'))
  log(lane, a.writableLength, b.readableLength)
  await once(b, 'readable')
  log(lane, b.read(1), b.read(), a.writableLength, b.readableLength)
  a.end()
  b.resume()
  await once(a, 'finish')
}

async function main() {
  await transforms()
  await transformErrors()
  await backPressure()
  await sides()
  await halfOpen()
  await pair()
  await pairDestroyed()
  await pairSlow()
}

run(main)
