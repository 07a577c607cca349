// The operators of a Readable, those of an array: what they give, in which order they work, and when they stop.
const { Readable } = require('node:stream')
const { attempt, log, run, tick } = require('./prelude')

const numbers = (count = 5) => Readable.from(Array.from({ length: count }, (_, i) => i + 1))

const settle = async () => { for (let i = 0; i < 10; i++) await tick() }

async function failure(lane, name, promise) {
  try {
    log(lane, name, await promise)
  } catch (error) {
    log(lane, name, error.code === 'ABORT_ERR' ? error.code : error)
  }
}

async function streams() {
  const lane = 'streams'
  log(lane, await numbers().map((n) => n * 2).toArray())
  log(lane, await numbers().map(async (n) => { await tick(); return n * 2 }).toArray())
  log(lane, await numbers().filter((n) => n % 2).toArray())
  log(lane, await numbers().filter(async (n) => n > 3).toArray())
  log(lane, await numbers(3).flatMap((n) => [n, n]).toArray())
  log(lane, await numbers(3).flatMap((n) => numbers(n)).toArray())
  log(lane, await numbers().take(2).toArray(), await numbers().take(0).toArray(), await numbers(2).take(9).toArray())
  log(lane, await numbers().drop(3).toArray(), await numbers().drop(0).toArray(), await numbers(2).drop(9).toArray())
  log(lane, await numbers().drop(1).filter((n) => n !== 3).map((n) => n * n).take(2).toArray())
  log(lane, numbers().map((n) => n) instanceof Readable, numbers().take(1).readableObjectMode)
}

async function answers() {
  const lane = 'answers'
  const seen = []
  log(lane, await numbers().forEach((n) => { seen.push(n) }) ?? null, seen)
  log(lane, await numbers().some((n) => n > 4), await numbers().some((n) => n > 5), await numbers(0).some(() => true))
  log(lane, await numbers().every((n) => n > 0), await numbers().every((n) => n < 5), await numbers(0).every(() => false))
  log(lane, await numbers().find((n) => n > 2), await numbers().find((n) => n > 5) ?? null)
  log(lane, await numbers().reduce((sum, n) => sum + n), await numbers().reduce((sum, n) => sum + n, 10))
  log(lane, await numbers(0).reduce((sum, n) => sum + n, 7), await numbers(0).toArray())
  await failure(lane, 'nothing to reduce', numbers(0).reduce((sum, n) => sum + n))
}

async function order() {
  for (const concurrency of [1, 2, 3]) {
    const lane = `concurrency ${concurrency}`
    const done = []
    const gates = []
    const stream = numbers(4).map((n) => {
      log(lane, 'begin', n)
      return new Promise((resolve) => { gates.push(() => { log(lane, 'end', n); resolve(n) }) })
    }, { concurrency })
    const all = stream.forEach((n) => { log(lane, 'got', n) })
    while (done.length < 4) {
      await settle()
      if (gates.length) { gates.pop()(); done.push(1) }
    }
    await all
  }
}

async function errors() {
  const lane = 'errors'
  await failure(lane, 'map', numbers().map((n) => { if (n === 3) throw new Error('three'); return n }).toArray())
  await failure(lane, 'forEach', numbers().forEach(async (n) => { if (n === 2) throw new Error('two') }))
  await failure(lane, 'reduce', numbers().reduce(() => { throw new Error('reducer') }))
  const failing = new Readable({ read() {} })
  failing.push('a')
  const result = failing.map((chunk) => chunk.toString()).toArray()
  await settle()
  failing.destroy(new Error('source'))
  await failure(lane, 'source', result)
  attempt(lane, 'no function', () => numbers().map(7))
  attempt(lane, 'concurrency', () => numbers().map((n) => n, { concurrency: 0 }))
  attempt(lane, 'highWaterMark', () => numbers().map((n) => n, { highWaterMark: -1 }))
  attempt(lane, 'options', () => numbers().map((n) => n, 7))
  attempt(lane, 'signal', () => numbers().map((n) => n, { signal: 7 }))
  attempt(lane, 'take', () => numbers().take(-1))
  await failure(lane, 'some', numbers().some(7))
  await failure(lane, 'reducer', numbers().reduce(7))
}

async function stopping() {
  const lane = 'stop'
  const some = numbers(9)
  await some.some((n) => n === 3)
  await settle()
  log(lane, some.destroyed)
  const taken = numbers(9)
  await taken.take(2).toArray()
  await settle()
  log(lane, taken.destroyed)
  const mapped = numbers(9)
  const stream = mapped.map((n) => n)
  for await (const n of stream) {
    log(lane, n)
    if (n === 2) break
  }
  await settle()
  log(lane, stream.destroyed, mapped.destroyed)
}

async function aborting() {
  const lane = 'abort'
  for (const name of ['toArray', 'map', 'filter', 'forEach', 'take', 'drop', 'some', 'every', 'find', 'flatMap']) {
    const controller = new AbortController()
    const { signal } = controller
    const source = numbers(9)
    const stop = (n) => { if (n === 3) controller.abort(); return name === 'flatMap' ? [n] : name === 'every' }
    const heeded = source.filter((n) => { stop(n); return true })
    let result
    if (name === 'toArray') result = heeded.toArray({ signal })
    else if (name === 'take') result = heeded.take(9, { signal }).toArray()
    else if (name === 'drop') result = heeded.drop(0, { signal }).toArray()
    else result = source[name](stop, { signal })
    if (['map', 'filter', 'flatMap'].includes(name)) result = result.toArray()
    await failure(lane, name, result)
  }
  const already = numbers(3)
  await failure(lane, 'reduce', already.reduce((sum, n) => sum + n, 0, { signal: AbortSignal.abort() }))
  await settle()
  log(lane, already.destroyed)
  await failure(lane, 'told', numbers(2).map((n, { signal }) => [n, signal.aborted]).toArray())
}

async function main() {
  await streams()
  await answers()
  await order()
  await errors()
  await stopping()
  await aborting()
}

run(main)
