// Readable: when _read is called and what comes out, by 'data', 'readable', read() and setEncoding; its facts and misuse.
const { Readable } = require('node:stream')
const { attempt, log, once, run, tick, watch } = require('./prelude')

const EVENTS = ['end', 'error', 'close', 'pause', 'resume']

function state(stream) {
  return [
    stream.readable, stream.readableEnded, stream.readableFlowing, stream.readableLength, stream.readableDidRead,
    stream.readableAborted, stream.isPaused(), stream.destroyed, stream.closed, stream.errored,
  ]
}

async function settle() {
  for (let i = 0; i < 5; i++) await tick()
}

// A source that pushes one of `chunks` each time it is asked: at once, or in a later turn.
function source(lane, chunks, { later = false, ...options } = {}) {
  const left = [...chunks]
  const stream = new Readable({
    read(size) {
      log(lane, '_read', size)
      const chunk = left.length ? left.shift() : null
      if (later) setImmediate(() => log(lane, 'push', stream.push(chunk)))
      else log(lane, 'push', stream.push(chunk))
    },
    ...options,
  })
  watch(lane, 'stream', stream, ...EVENTS)
  return stream
}

async function flowing() {
  for (const later of [false, true]) {
    const lane = `data, ${later ? 'later' : 'at once'}`
    const stream = source(lane, ['ab', 'cd', 'ef'], { later })
    const closed = once(stream, 'close')
    log(lane, state(stream))
    stream.on('data', (chunk) => log(lane, 'data', chunk))
    log(lane, state(stream))
    await closed
    log(lane, state(stream))
  }
}

async function asking() {
  for (const later of [false, true]) {
    const lane = `readable, ${later ? 'later' : 'at once'}`
    const stream = source(lane, ['ab', 'cd', 'ef'], { later, highWaterMark: 3 })
    const closed = once(stream, 'close')
    stream.on('readable', () => {
      log(lane, 'readable', stream.readableLength)
      for (let chunk; (chunk = stream.read()) !== null;) log(lane, 'read', chunk)
    })
    log(lane, state(stream))
    await closed
    log(lane, state(stream))
  }
}

async function sizes() {
  const lane = 'sizes'
  const stream = source(lane, ['abc', 'def', 'ghi'], { highWaterMark: 4 })
  log(lane, stream.read(0), stream.readableLength)
  await settle()
  log(lane, stream.readableLength, stream.readableBuffer)
  log(lane, stream.read(2), stream.read(3), stream.readableLength)
  log(lane, stream.read(20), stream.readableHighWaterMark)
  await settle()
  log(lane, stream.read(1), stream.read(100), stream.readableHighWaterMark, stream.read())
  attempt(lane, 'too much', () => stream.read(2 ** 30 + 1))
  await settle()
  log(lane, state(stream))
}

async function pausing() {
  const lane = 'pause'
  const stream = new Readable({ read() {} })
  watch(lane, 'stream', stream, ...EVENTS)
  stream.on('data', (chunk) => {
    log(lane, 'data', chunk)
    stream.pause()
  })
  stream.push('a')
  stream.push('b')
  stream.push('c')
  await settle()
  log(lane, state(stream))
  stream.resume()
  log(lane, state(stream))
  await settle()
  stream.resume().pause().resume()
  await settle()
  stream.resume()
  stream.push(null)
  await settle()
  log(lane, state(stream))
  const unasked = new Readable({ read() {} })
  unasked.pause().on('data', (chunk) => log('paused first', 'data', chunk))
  unasked.push('x')
  await settle()
  log('paused first', state(unasked))
  unasked.resume()
  await settle()
}

async function switching() {
  const lane = 'listeners'
  const stream = new Readable({ read() {} })
  const data = (chunk) => log(lane, 'data', chunk)
  const readable = () => log(lane, 'readable')
  stream.on('data', data)
  stream.on('readable', readable)
  log(lane, stream.readableFlowing)
  stream.push('a')
  await settle()
  log(lane, stream.readableFlowing, stream.readableLength)
  stream.off('readable', readable)
  log(lane, stream.readableFlowing)
  await settle()
  log(lane, stream.readableFlowing, stream.readableLength)
  stream.off('data', data)
  stream.push('b')
  await settle()
  log(lane, stream.readableFlowing, stream.readableLength)
  const again = new Readable({ read() {} })
  again.once('readable', () => log(lane, 'once'))
  again.push('x')
  await settle()
  log(lane, again.readableFlowing, again.readableLength)
  again.removeAllListeners('readable')
  await settle()
  log(lane, again.readableFlowing)
}

async function decoding() {
  const lane = 'encoding'
  const stream = new Readable({ read() {} })
  stream.push(Buffer.from([0x61, 0xe2]))
  stream.push(Buffer.from([0x82]))
  log(lane, stream.readableEncoding, stream.readableLength)
  stream.setEncoding('UTF-8')
  log(lane, stream.readableEncoding, stream.readableLength)
  stream.on('data', (chunk) => log(lane, chunk))
  await settle()
  stream.push(Buffer.from([0xac, 0xe2]))
  stream.push('text')
  stream.push('dGV4dA==', 'base64')
  stream.push(null)
  await settle()
  for (const encoding of ['latin1', 'hex', 'base64', 'base64url', 'utf16le', 'ascii']) {
    const each = new Readable({ read() {}, encoding })
    each.push(Buffer.from([0x41, 0xe9, 0xff]))
    each.push(Buffer.from([0x00, 0x30]))
    each.push('y', 'ascii')
    each.push(null)
    log(lane, each.readableEncoding, each.read(), each.read())
  }
  attempt(lane, 'unknown', () => stream.setEncoding('nope'))
  attempt(lane, 'unknown option', () => new Readable({ encoding: 'nope' }))
}

async function unshifting() {
  const lane = 'unshift'
  const stream = new Readable({ read() {} })
  watch(lane, 'stream', stream, ...EVENTS)
  log(lane, stream.push('body'), stream.unshift('head '), stream.unshift(''), stream.readableLength)
  log(lane, stream.read(2), stream.unshift(Buffer.from('he')), stream.read())
  stream.push(null)
  log(lane, stream.unshift('rest'), stream.read())
  stream.resume()
  await settle()
  stream.unshift('late')
  await settle()
  const open = new Readable({ read() {}, autoDestroy: false })
  watch(lane, 'open', open, ...EVENTS)
  open.resume().push(null)
  await settle()
  log(lane, open.unshift('late'))
  await settle()
  log(lane, state(open))
}

async function objects() {
  const lane = 'objects'
  const stream = source(lane, [1, { a: 2 }, 'three', '', false, 0], { objectMode: true, highWaterMark: 2 })
  log(lane, stream.readableObjectMode, stream.readableHighWaterMark)
  stream.read(0)
  await settle()
  log(lane, stream.readableLength, [...stream.readableBuffer], stream.read(5))
  stream.on('data', (item) => log(lane, 'data', item))
  await once(stream, 'close')
}

async function misuse() {
  const lane = 'misuse'
  for (const [name, act] of [
    ['number', (stream) => stream.push(7)],
    ['after end', (stream) => { stream.push(null); stream.push('x') }],
    ['empty after end', (stream) => { stream.push(null); stream.push('') }],
    ['throws', (stream) => { stream._read = () => { throw new Error('no') }; stream.read() }],
    ['no read', (stream) => { delete stream._read; stream.resume() }],
  ]) {
    const stream = new Readable({ read() {} })
    watch(lane, name, stream, ...EVENTS)
    act(stream)
    await settle()
    log(lane, name, state(stream))
  }
  attempt(lane, 'encoding', () => new Readable({ read() {} }).push('x', 'nope'))
  attempt(lane, 'high water mark', () => new Readable({ highWaterMark: 1.5 }))
}

async function destroying() {
  const lane = 'destroy'
  const stream = new Readable({ read() {}, destroy(error, callback) { log(lane, '_destroy', error); setImmediate(callback, error) } })
  watch(lane, 'stream', stream, 'data', 'readable', ...EVENTS)
  stream.push('x')
  stream.destroy(new Error('no'))
  stream.destroy()
  log(lane, state(stream), stream.push('y'), stream.read())
  await settle()
  log(lane, state(stream))
  const silent = new Readable({ read() {}, emitClose: false })
  watch(lane, 'silent', silent, ...EVENTS)
  silent.destroy()
  await settle()
  log(lane, state(silent))
  const thrown = new Readable({ read() {}, destroy() { throw new Error('destroy') } })
  watch(lane, 'thrown', thrown, ...EVENTS)
  thrown.destroy()
  await settle()
}

async function subclass() {
  const lane = 'subclass'
  class Counter extends Readable {
    constructor(limit) {
      super({ highWaterMark: 2, encoding: 'utf8' })
      this.count = 0
      this.limit = limit
    }

    _read() {
      this.push(this.count < this.limit ? String(this.count++) : null)
    }

    _destroy(error, callback) {
      log(lane, '_destroy', error)
      callback(error)
    }
  }
  const stream = new Counter(4)
  watch(lane, 'stream', stream, ...EVENTS)
  stream.on('data', (text) => log(lane, text))
  await once(stream, 'close')
}

async function main() {
  await flowing()
  await asking()
  await sizes()
  await pausing()
  await switching()
  await decoding()
  await unshifting()
  await objects()
  await misuse()
  await destroying()
  await subclass()
}

run(main)
