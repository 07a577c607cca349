// pipeline: streams, iterables and functions; what is destroyed when one fails; and compose.
const { Duplex, PassThrough, Readable, Transform, Writable, addAbortSignal, compose, pipeline, promises } = require('node:stream')
const { attempt, log, run, tick } = require('./prelude')

async function settle() {
  for (let i = 0; i < 20; i++) await tick()
}

function sink(lane, options) {
  return new Writable({
    write(chunk, encoding, callback) { log(lane, 'sink', chunk); callback() },
    ...options,
  })
}

const upper = () => new Transform({ transform(chunk, encoding, callback) { callback(null, chunk.toString().toUpperCase()) } })

const broken = () => new Transform({ transform(chunk, encoding, callback) { callback(new Error('broken')) } })

const facts = (...streams) => streams.map((stream) => [stream.destroyed, stream.errored ? stream.errored.message : null])

const tell = (lane, name) => (error, value) => log(lane, name, error, value)

async function joining() {
  const lane = 'join'
  const to = sink(lane)
  log(lane, pipeline(Readable.from(['a', 'b']), upper(), to, tell(lane, 'streams')) === to)
  await settle()
  log(lane, facts(to), to.writableFinished)
  async function* exclaim(chunks) {
    for await (const chunk of chunks) yield `${chunk}!`
  }
  pipeline(['x', 'y'], exclaim, sink(lane), tell(lane, 'functions'))
  await settle()
  function* lines() {
    yield 'one'
    yield 'two'
  }
  pipeline(lines, upper(), sink(lane), tell(lane, 'source'))
  await settle()
  log(lane, await promises.pipeline(['m', 'n'], upper(), async (chunks) => {
    let text = ''
    for await (const chunk of chunks) text += chunk
    return text
  }))
  const open = sink(lane)
  await promises.pipeline(Readable.from(['z']), open, { end: false })
  log(lane, open.writableEnded, open.destroyed)
  const duplex = new PassThrough()
  pipeline(Readable.from(['d']), duplex, tell(lane, 'duplex'))
  await settle()
  log(lane, duplex.destroyed, duplex.writableFinished)
  duplex.on('data', (chunk) => log(lane, chunk))
  await settle()
}

async function failing() {
  const lane = 'fail'
  const from = new Readable({ read() {} })
  const via = broken()
  const to = sink(lane)
  pipeline(from, via, to, tell(lane, 'in the middle'))
  from.push('a')
  await settle()
  log(lane, facts(from, via, to))

  const source = new Readable({ read() {} })
  const end = sink(lane)
  pipeline(source, end, tell(lane, 'source'))
  source.destroy(new Error('no source'))
  await settle()
  log(lane, facts(source, end))

  const left = new Readable({ read() {} })
  const gone = sink(lane)
  pipeline(left, gone, tell(lane, 'closed'))
  gone.destroy()
  await settle()
  log(lane, facts(left, gone))

  const early = new Readable({ read() {} })
  const other = sink(lane)
  pipeline(early, other, tell(lane, 'source closed'))
  early.destroy()
  await settle()
  log(lane, facts(early, other))

  async function* fails() {
    yield 'a'
    throw new Error('generator')
  }
  const last = sink(lane)
  pipeline(fails, last, tell(lane, 'generator'))
  await settle()
  log(lane, facts(last))

  const held = sink(lane, { write(chunk, encoding, callback) { callback(new Error('disk full')) } })
  pipeline(['a', 'b'], held, tell(lane, 'iterable'))
  await settle()
  log(lane, facts(held))

  try {
    await promises.pipeline(['a'], async () => { throw new Error('destination') })
  } catch (error) {
    log(lane, error)
  }
}

async function misuse() {
  const lane = 'misuse'
  attempt(lane, 'one', () => pipeline(sink(lane), () => {}))
  const closed = sink(lane)
  closed.destroy()
  attempt(lane, 'closed', () => pipeline(Readable.from(['a']), closed, () => {}))
}

async function aborting() {
  const lane = 'abort'
  const controller = new AbortController()
  const from = new Readable({ read() {} })
  const to = sink(lane)
  const done = promises.pipeline(from, to, { signal: controller.signal })
  controller.abort()
  try {
    await done
  } catch (error) {
    log(lane, error.code, from.destroyed, to.destroyed)
  }
  const stream = new Readable({ read() {} })
  const second = new AbortController()
  log(lane, addAbortSignal(second.signal, stream) === stream)
  stream.on('error', (error) => log(lane, 'error', error.code, error.cause === second.signal.reason))
  second.abort()
  await settle()
  log(lane, stream.destroyed)
  const third = new AbortController()
  const optioned = sink(lane, { signal: third.signal })
  optioned.on('error', (error) => log(lane, 'option', error.code))
  third.abort()
  await settle()
  const already = new Readable({ read() {}, signal: third.signal })
  already.on('error', (error) => log(lane, 'already', error.code))
  await settle()
  attempt(lane, 'no signal', () => addAbortSignal(1, stream))
  attempt(lane, 'no stream', () => addAbortSignal(third.signal, {}))
}

async function composing() {
  const lane = 'compose'
  const exclaim = async function* (chunks) {
    for await (const chunk of chunks) yield `${chunk}!`
  }
  const duplex = compose(upper(), new PassThrough())
  duplex.on('data', (chunk) => log(lane, chunk))
  duplex.on('end', () => log(lane, 'end'))
  duplex.on('close', () => log(lane, 'close'))
  log(lane, duplex.write('a'))
  duplex.end('b')
  await settle()
  const functions = compose(exclaim, exclaim)
  functions.on('data', (chunk) => log(lane, chunk))
  functions.on('finish', () => log(lane, 'finish'))
  functions.end('c')
  await settle()
  log(lane, await Readable.from(['x', 'y']).compose(exclaim).toArray())
  log(lane, (await Readable.from(['x', 'y']).compose(upper()).toArray()).join(''))
  const bad = compose(upper(), broken())
  bad.on('error', (error) => log(lane, 'error', error))
  bad.on('close', () => log(lane, 'bad close'))
  bad.resume().end('x')
  await settle()
  const one = new PassThrough()
  const two = new PassThrough()
  const whole = compose(one, two)
  whole.on('error', (error) => log(lane, 'destroyed', error))
  whole.destroy(new Error('whole'))
  await settle()
  log(lane, facts(whole, one, two))
  attempt(lane, 'nothing', () => compose())
  attempt(lane, 'not readable', () => compose(sink(lane), upper()))
  attempt(lane, 'not writable', () => compose(upper(), Readable.from(['x'])))
  log(lane, duplex instanceof Duplex, compose(one) === one)
}

async function main() {
  await joining()
  await failing()
  await misuse()
  await aborting()
  await composing()
}

run(main)
