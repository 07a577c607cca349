// What every scenario may use; prelude.py offers the same under the same names. The raw peers know nothing
// of HTTP: they send the text they are given and keep what they receive, one character per byte (latin1).
'use strict'
const fs = require('node:fs')
const net = require('node:net')

const PATIENCE = 10_000 // ms until a scenario that waits for something that never comes gives up

// Errors whose message names a type or a value in the language's own words.
const OWN_WORDS = [
  'ERR_HTTP_INVALID_HEADER_VALUE', 'ERR_INVALID_ARG_TYPE', 'ERR_INVALID_ARG_VALUE', 'ERR_OUT_OF_RANGE', 'ERR_SOCKET_BAD_PORT',
]

const record = {} // lane -> entries; order is kept, and compared, within a lane

function log(lane, ...entry) {
  (record[lane] ??= []).push(entry.length === 1 ? plain(entry[0]) : entry.map(plain))
}

function plain(value) {
  if (value === undefined || value === null) return null
  if (value === Infinity) return 'Infinity'
  if (value instanceof Uint8Array) return { bytes: Buffer.from(value).toString('latin1') }
  if (OWN_WORDS.includes(value.code)) return { code: value.code }
  if (value instanceof Error) return { code: value.code ?? null, message: value.message }
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value === 'object') return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, plain(v)]))
  if (['string', 'number', 'boolean'].includes(typeof value)) return value
  throw new TypeError(`cannot log a ${typeof value}`)
}

function watch(lane, name, emitter, ...events) {
  for (const event of events) {
    emitter.on(event, (...args) => log(lane, `${name} ${event}`, ...args.filter((arg) => arg instanceof Error)))
  }
}

function attempt(lane, name, action) {
  try {
    action()
    log(lane, name, 'ok')
  } catch (error) {
    log(lane, name, error)
  }
}

function gate() {
  const { promise, resolve } = Promise.withResolvers()
  return { open: resolve, then: (...args) => promise.then(...args) }
}

const once = (emitter, event) => new Promise((resolve) => emitter.once(event, resolve))

const tick = () => new Promise((resolve) => setImmediate(resolve))

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

async function listen(server) {
  const listening = once(server, 'listening')
  server.listen(0, '127.0.0.1')
  await listening
  return server.address().port
}

async function body(message) {
  const chunks = []
  message.on('data', (chunk) => chunks.push(Buffer.from(chunk)))
  await once(message, 'end')
  return Buffer.concat(chunks)
}

class Peer {
  #received = ''
  #closed = false
  #changed = gate()

  constructor(socket) {
    this.socket = socket
    this.packets = 0 // how often something arrived
    socket.setEncoding('latin1')
    socket.on('data', (text) => this.#change(() => { this.#received += text; this.packets++ }))
    socket.on('error', () => {}) // a reset connection counts as closed
    socket.on('close', () => this.#change(() => { this.#closed = true }))
  }

  #change(apply) {
    apply()
    this.#changed.open()
    this.#changed = gate()
  }

  send(text) {
    this.socket.write(text, 'latin1')
  }

  // The text up to and including `marker`; what there is plus '<closed>' when the other side hangs up first.
  async until(marker) {
    let at
    while ((at = this.#received.indexOf(marker)) < 0) {
      if (this.#closed) return this.#take(this.#received.length) + '<closed>'
      await this.#changed
    }
    return this.#take(at + marker.length)
  }

  // Everything until the other side hangs up.
  async rest() {
    while (!this.#closed) await this.#changed
    return this.#take(this.#received.length)
  }

  #take(count) {
    const text = this.#received.slice(0, count)
    this.#received = this.#received.slice(count)
    return text
  }

  pause() {
    this.socket.pause()
  }

  resume() {
    this.socket.resume()
  }

  end() { // sends FIN, still receives
    this.socket.end()
  }

  reset() { // sends RST
    this.socket.resetAndDestroy()
  }
}

async function dial(port) {
  const socket = net.connect(port, '127.0.0.1')
  const peer = new Peer(socket)
  await once(socket, 'connect')
  return peer
}

async function raw(port, text) {
  const peer = await dial(port)
  peer.send(text)
  return peer.rest()
}

async function serve(handler) {
  const server = net.createServer((socket) => handler(new Peer(socket)))
  return listen(server)
}

// Handlers for serve: answer every request (without body) with `text`, log what came in lane 'wire'.
const answer = (text) => async (peer) => {
  for (let head; (head = await peer.until('\r\n\r\n')) !== '<closed>';) {
    log('wire', head)
    peer.send(text)
  }
}

// The same for one request, then hang up.
const hangup = (text) => async (peer) => {
  log('wire', await peer.until('\r\n\r\n'))
  peer.send(text)
  peer.end()
}

function run(main) {
  setTimeout(giveUp, PATIENCE)
  main().then(done)
}

// For a plain script: its record is printed when it has ended by itself.
function epilogue() {
  setTimeout(giveUp, PATIENCE).unref()
  process.on('exit', done)
}

function giveUp() {
  log('harness', 'gave up')
  done()
}

function done() {
  fs.writeSync(1, JSON.stringify(record))
  process.exit()
}

module.exports = {
  answer, attempt, body, dial, epilogue, gate, hangup, listen, log, once, raw, run, serve, sleep, tick, watch,
}
