// pipe and unpipe: to one, to several, to slow ones, to those that fail, and after the end; wrap.
const { EventEmitter } = require('node:events')
const { PassThrough, Readable, Writable } = require('node:stream')
const { log, once, run, tick, watch } = require('./prelude')

const SOURCE = ['end', 'close', 'error', 'pause', 'resume']
const SINK = ['pipe', 'unpipe', 'drain', 'finish', 'close', 'error']

async function settle() {
  for (let i = 0; i < 8; i++) await tick()
}

function source(lane) {
  const stream = new Readable({ read() {} })
  watch(lane, 'source', stream, ...SOURCE)
  return stream
}

function sink(lane, name, { held = null, ...options } = {}) {
  const stream = new Writable({
    write(chunk, encoding, callback) {
      log(lane, name, chunk)
      if (held) held.push(callback)
      else callback()
    },
    ...options,
  })
  watch(lane, name, stream, ...SINK)
  return stream
}

async function several() {
  const lane = 'several'
  const from = source(lane)
  const a = sink(lane, 'a')
  const b = sink(lane, 'b')
  log(lane, from.pipe(a) === a, from.pipe(b, { end: false }) === b, from.readableFlowing)
  from.push('1')
  await settle()
  from.unpipe(a)
  from.push('2')
  await settle()
  from.unpipe()
  log(lane, from.readableFlowing)
  from.push('3')
  await settle()
  log(lane, from.readableLength, from.listenerCount('data'), from.listenerCount('end'), a.listenerCount('unpipe'))
  from.pipe(b, { end: false })
  from.push(null)
  await settle()
  log(lane, b.writableEnded, b.listenerCount('drain'), b.listenerCount('error'))
  from.unpipe(b)
  const late = sink(lane, 'late')
  from.pipe(late)
  await settle()
}

async function slow() {
  const lane = 'slow'
  const from = source(lane)
  const heldA = []
  const heldB = []
  const a = sink(lane, 'a', { held: heldA, highWaterMark: 2 })
  const b = sink(lane, 'b', { held: heldB, highWaterMark: 4 })
  from.pipe(a)
  from.pipe(b)
  from.push('12')
  await settle()
  from.push('34')
  await settle()
  log(lane, from.readableFlowing, from.readableLength, a.writableLength, b.writableLength)
  heldA.shift()()
  await settle()
  log(lane, from.readableFlowing, a.writableLength, b.writableLength)
  heldB.shift()()
  heldA.shift()()
  await settle()
  log(lane, from.readableFlowing, a.writableLength, b.writableLength)
  heldB.shift()()
  await settle()
  from.push('5678')
  await settle()
  log(lane, from.readableFlowing, a.writableNeedDrain, b.writableNeedDrain)
  from.unpipe(a)
  await settle()
  log(lane, from.readableFlowing)
  heldB.shift()()
  await settle()
  log(lane, from.readableFlowing)
  const full = sink(lane, 'full', { held: [], highWaterMark: 1 })
  full.write('x')
  full.write('y')
  const other = source(lane)
  other.push('z')
  other.pipe(full)
  log(lane, other.readableFlowing)
  await settle()
}

async function failing() {
  const lane = 'failing'
  const from = source(lane)
  const bad = sink(lane, 'bad', { write(chunk, encoding, callback) { callback(new Error('disk full')) } })
  from.pipe(bad)
  from.push('1')
  await settle()
  log(lane, from.destroyed, from.readableFlowing, from.listenerCount('data'))
  const destroyed = sink(lane, 'destroyed')
  from.pipe(destroyed)
  from.push('2')
  await settle()
  destroyed.destroy()
  await settle()
  log(lane, from.readableFlowing, from.listenerCount('data'))
  const raising = sink(lane, 'raising', { write() { throw new Error('raised') } })
  from.pipe(raising)
  from.push('3')
  await settle()
  log(lane, from.readableFlowing, raising.destroyed)
  const error = sink(lane, 'emitting')
  from.pipe(error)
  error.emit('error', new Error('emitted'))
  log(lane, from.listenerCount('data'), error.destroyed)
  const gone = sink(lane, 'gone')
  gone.destroy()
  await settle()
  from.pipe(gone)
  from.push('4')
  await settle()
  log(lane, gone.listenerCount('close'), from.listenerCount('data'))
  const broken = source(lane)
  const kept = sink(lane, 'kept')
  broken.pipe(kept)
  broken.destroy(new Error('no more'))
  await settle()
  log(lane, kept.destroyed, kept.writableEnded)
}

async function chained() {
  const lane = 'chained'
  const from = new Readable({ read() {} })
  const to = sink(lane, 'to')
  from.pipe(new PassThrough()).pipe(new PassThrough({ highWaterMark: 2 })).pipe(to)
  from.push('abc')
  from.push('def')
  from.push(null)
  await once(to, 'close')
  const texts = new Readable({ read() {}, encoding: 'latin1' })
  const latin1 = sink(lane, 'latin1')
  texts.pipe(latin1)
  texts.push(Buffer.from([0xe9]))
  texts.push(null)
  await once(latin1, 'close')
}

async function wrapping() {
  const lane = 'wrap'
  const old = new EventEmitter()
  old.pause = () => log(lane, 'pause')
  old.resume = () => log(lane, 'resume')
  const stream = new Readable({ highWaterMark: 3 })
  log(lane, stream.wrap(old) === stream)
  watch(lane, 'stream', stream, ...SOURCE)
  old.emit('data', Buffer.from('ab'))
  old.emit('data', Buffer.from('cd'))
  await settle()
  log(lane, stream.readableLength)
  stream.on('data', (chunk) => log(lane, chunk))
  await settle()
  old.emit('data', Buffer.from('ef'))
  old.emit('end')
  await settle()
  const failing = new EventEmitter()
  const wrapped = new Readable().wrap(failing)
  watch(lane, 'failing', wrapped, ...SOURCE)
  failing.emit('error', new Error('old'))
  await settle()
  const closing = new EventEmitter()
  const closed = new Readable().wrap(closing)
  watch(lane, 'closing', closed, ...SOURCE)
  closing.emit('close')
  await settle()
}

async function main() {
  await several()
  await slow()
  await failing()
  await chained()
  await wrapping()
}

run(main)
