// Writable: what write() and end() answer and call back, in which order its events come, and what misuse gives.
const { Readable, Writable } = require('node:stream')
const { attempt, log, once, run, tick, watch } = require('./prelude')

const EVENTS = ['drain', 'prefinish', 'finish', 'error', 'close', 'pipe', 'unpipe']

function state(stream) {
  return [
    stream.writable, stream.writableEnded, stream.writableFinished, stream.writableLength, stream.writableNeedDrain,
    stream.writableCorked, stream.writableAborted, stream.destroyed, stream.closed, stream.errored,
  ]
}

// Writes at once, in a later turn, or when it is told to.
function at(when, lane, options) {
  const waiting = []
  const stream = new Writable({
    write(chunk, encoding, callback) {
      log(lane, 'write', chunk, encoding)
      if (when === 'once') callback()
      else if (when === 'later') setImmediate(callback)
      else waiting.push(callback)
    },
    ...options,
  })
  watch(lane, 'stream', stream, ...EVENTS)
  stream.go = (...args) => waiting.shift()(...args)
  return stream
}

const wrote = (lane, name) => (error) => log(lane, name, error)

async function settle() {
  for (let i = 0; i < 5; i++) await tick()
}

async function order() {
  for (const when of ['once', 'later']) {
    const lane = `order, ${when}`
    const stream = at(when, lane, { final(callback) { log(lane, 'final'); callback() } })
    const closed = once(stream, 'close')
    log(lane, stream.write('a', wrote(lane, 'a')), stream.write('b'), stream.write(Buffer.from('c'), wrote(lane, 'c')))
    stream.end('d', wrote(lane, 'end'))
    stream.end(wrote(lane, 'end again'))
    log(lane, state(stream))
    await closed
    log(lane, state(stream))
    stream.end(wrote(lane, 'end late'))
    await settle()
  }
}

async function sameCallback() {
  const lane = 'same callback'
  const stream = at('once', lane)
  const both = wrote(lane, 'both')
  stream.write('a', both)
  stream.write('b', both)
  stream.write('c', wrote(lane, 'c'))
  stream.write('d', both)
  process.nextTick(() => log(lane, 'tick'))
  await settle()
}

async function backPressure() {
  const lane = 'back-pressure'
  const stream = at('told', lane, { highWaterMark: 3 })
  log(lane, stream.write('ab'), stream.write('c'), stream.write('d'), state(stream))
  stream.go()
  log(lane, state(stream))
  stream.go()
  stream.go()
  log(lane, state(stream))
  await settle()
  log(lane, stream.write('abc'), state(stream))
  stream.end()
  stream.go()
  await once(stream, 'close')
  const sync = at('once', lane, { highWaterMark: 1 })
  log(lane, sync.write('abc'), sync.writableLength, sync.writableNeedDrain)
  await settle()
  const none = at('told', lane, { highWaterMark: 0 })
  log(lane, none.write('x'), none.write(''), none.writableHighWaterMark)
}

async function corking() {
  const lane = 'cork'
  const stream = at('once', lane, {
    writev(chunks, callback) {
      log(lane, 'writev', chunks.map(({ chunk, encoding }) => [chunk, encoding]))
      callback()
    },
  })
  stream.cork()
  stream.cork()
  stream.write('a', wrote(lane, 'a'))
  stream.write('b')
  stream.write('c', wrote(lane, 'c'))
  stream.uncork()
  log(lane, state(stream))
  stream.uncork()
  log(lane, state(stream))
  stream.cork()
  stream.write('d')
  stream.end('e')
  await once(stream, 'close')
  const one = at('once', lane)
  one.cork()
  one.write('x')
  one.write('y')
  process.nextTick(() => one.uncork())
  await settle()
}

async function errors() {
  const error = new Error('no')
  for (const [lane, answer] of [['fails', (callback) => callback(error)], ['fails later', (callback) => setImmediate(callback, error)]]) {
    const stream = new Writable({ write(chunk, encoding, callback) { answer(callback) } })
    watch(lane, 'stream', stream, ...EVENTS)
    log(lane, stream.write('a', wrote(lane, 'a')), stream.write('b', wrote(lane, 'b')))
    stream.end(wrote(lane, 'end'))
    log(lane, state(stream))
    await once(stream, 'close')
    log(lane, state(stream))
  }
  const final = at('once', 'final fails', { final(callback) { callback(error) } })
  final.end('x', wrote('final fails', 'end'))
  await once(final, 'close')
  log('final fails', state(final))
  const twice = new Writable({ write(chunk, encoding, callback) { callback(); callback() } })
  watch('twice', 'stream', twice, ...EVENTS)
  twice.write('x')
  await once(twice, 'close')
  const kept = at('once', 'no autoDestroy', { autoDestroy: false })
  kept.end('x')
  await settle()
  kept.write('y', wrote('no autoDestroy', 'y'))
  await settle()
  log('no autoDestroy', state(kept))
}

async function destroying() {
  const lane = 'destroy'
  const stream = at('told', lane, { destroy(error, callback) { log(lane, '_destroy', error); callback(error) } })
  stream.write('a', wrote(lane, 'a'))
  stream.write('b', wrote(lane, 'b'))
  stream.end('c', wrote(lane, 'end'))
  stream.destroy()
  log(lane, state(stream))
  await settle()
  stream.go()
  await settle()
  log(lane, state(stream), stream.write('late', wrote(lane, 'late')))
  stream.end(wrote(lane, 'end late'))
  await settle()
  const failed = at('once', 'destroy with error', { emitClose: false })
  failed.destroy(new Error('no'))
  failed.destroy(new Error('again'))
  log('destroy with error', failed.write('x', wrote('destroy with error', 'x')))
  await settle()
  log('destroy with error', state(failed))
  const replaced = at('once', 'another error', { destroy(error, callback) { callback(new Error('other')) } })
  replaced.destroy(new Error('no'))
  await settle()
  log('another error', state(replaced))
}

async function misuse() {
  const lane = 'misuse'
  const stream = at('once', lane)
  attempt(lane, 'null', () => stream.write(null))
  attempt(lane, 'number', () => stream.write(7))
  attempt(lane, 'encoding', () => stream.write('x', 'nope'))
  attempt(lane, 'default encoding', () => stream.setDefaultEncoding('nope'))
  attempt(lane, 'high water mark', () => new Writable({ highWaterMark: -1 }))
  attempt(lane, 'no write', () => new Writable().write('x'))
  stream.end()
  log(lane, stream.write('late', wrote(lane, 'late')))
  await once(stream, 'close')
  const piped = at('once', 'piped', {})
  piped.pipe(at('once', 'piped', {}))
  await once(piped, 'close')
}

async function encodings() {
  const lane = 'encodings'
  const stream = at('once', lane, { defaultEncoding: 'latin1' })
  stream.write('é')
  stream.write('c3a9', 'hex')
  stream.write('w6k=', 'base64')
  stream.write('é', 'UTF-8')
  stream.write('é', 'ucs2')
  stream.setDefaultEncoding('hex').write('ff')
  const texts = at('once', lane, { decodeStrings: false })
  texts.write('é')
  texts.write('ff', 'hex')
  texts.write(Buffer.from('x'))
  const objects = at('once', lane, { objectMode: true })
  log(lane, objects.writableObjectMode, objects.writableHighWaterMark)
  objects.write({ a: 1 })
  objects.write('text', 'latin1')
  objects.write(7)
  objects.end()
  await once(objects, 'close')
}

async function subclass() {
  const lane = 'subclass'
  class Upper extends Writable {
    constructor() {
      super({ highWaterMark: 5 })
      this.text = ''
    }

    _write(chunk, encoding, callback) {
      this.text += chunk.toString().toUpperCase()
      callback()
    }

    _final(callback) {
      this.text += '.'
      callback()
    }

    _destroy(error, callback) {
      log(lane, '_destroy', error)
      super._destroy(error, callback)
    }
  }
  const stream = new Upper()
  watch(lane, 'stream', stream, ...EVENTS)
  const source = new Readable({ read() {} })
  source.pipe(stream)
  source.push('abc')
  source.push('def')
  source.push(null)
  await once(stream, 'close')
  log(lane, stream.text, stream.writableHighWaterMark)
}

async function main() {
  await order()
  await sameCallback()
  await backPressure()
  await corking()
  await errors()
  await destroying()
  await misuse()
  await encodings()
  await subclass()
}

run(main)
