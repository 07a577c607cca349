// What a server says after the handshake, and what the client makes of it: messages, goodbyes, and broken frames.
const crypto = require('node:crypto')
const http = require('node:http')
const { gate, listen, log, run } = require('./prelude')

const hello = { '/echo': ['hello', Buffer.from([0, 255, 128]), 'é'.repeat(100), 'x'.repeat(70000)] }

const sessions = {
  '/text': ['8105', 'Hello', '8800'],
  '/fragments': ['0103', 'Hel', '8902', 'hi', '8002', 'lo', '8a00', '8800'],
  '/binary': ['8203', '\x00\x7f\xff', '8800'],
  '/empty': ['8100', '8200', '8800'],
  '/lengths': ['817e0100', 'x'.repeat(256), '827f0000000000010000', 'y'.repeat(65536), '8800'],
  '/goodbye': ['880e', '\x03\xe9going away!!', '8105', 'Hello'],
  '/goodbye-4000': ['8802', '\x0f\xa0'],
  '/echo': [],
  '/drop': ['8105', 'Hello', 'end'],
  '/drop-inside': ['8105', 'Hel', 'end'],
  '/masked': ['8181', 'keyyA'],
  '/reserved': ['c101', 'A'],
  '/opcode': ['8300'],
  '/lone-continuation': ['8001', 'A'],
  '/two-beginnings': ['0101', 'A', '8101', 'B'],
  '/fragmented-ping': ['0900'],
  '/long-ping': ['897e007e', 'x'.repeat(126)],
  '/not-utf8': ['8102', '\xc3\x28'],
  '/short-goodbye': ['8801', '\x03'],
  '/goodbye-1005': ['8802', '\x03\xed'],
  '/goodbye-not-utf8': ['8803', '\x03\xe8\xff'],
  '/too-long': ['827fffffffffffffffff'],
}

const isHex = (part) => /^[0-9a-f]{4,}$/.test(part)

const accept = (key) => crypto.createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64')

function reader(socket) {
  let kept = Buffer.alloc(0)
  let over = false
  let changed = gate()
  const wake = () => {
    changed.open()
    changed = gate()
  }
  socket.on('data', (data) => {
    kept = Buffer.concat([kept, data])
    wake()
  })
  socket.on('close', () => {
    over = true
    wake()
  })
  return async (count) => {
    while (kept.length < count && !over) await changed
    const taken = kept.subarray(0, count)
    kept = kept.subarray(count)
    return taken
  }
}

async function frame(read) {
  const [first, second] = await read(2)
  if (second === undefined) return null
  const extra = { 126: 2, 127: 8 }[second & 127]
  const length = extra ? parseInt((await read(extra)).toString('hex'), 16) : second & 127
  const key = await read(4)
  const payload = (await read(length)).map((byte, index) => byte ^ key[index % 4])
  return { first, masked: second > 127, payload: Buffer.from(payload) }
}

async function serve(req, socket, closed) {
  const lane = req.url
  const read = reader(socket)
  socket.on('error', () => {})
  socket.on('close', closed.open)
  const parts = sessions[lane].filter((part) => part !== 'end')
  socket.write(`HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
    `Sec-WebSocket-Accept: ${accept(req.headers['sec-websocket-key'])}\r\n\r\n`)
  socket.write(Buffer.concat(parts.map((part) => Buffer.from(part, isHex(part) ? 'hex' : 'latin1'))))
  if (sessions[lane].includes('end')) socket.end()
  for (;;) {
    const got = await frame(read)
    if (got === null) return
    const { first, masked, payload } = got
    log(`${lane} wire`, first, masked, payload.length > 2000 ? payload.length : lane === '/echo' ? payload : payload.subarray(0, 2))
    if (lane === '/echo') {
      const size = payload.length < 126 ? [payload.length] : payload.length < 65536
        ? [126, payload.length >> 8, payload.length & 255]
        : [127, 0, 0, 0, 0, 0, payload.length >> 16, (payload.length >> 8) & 255, payload.length & 255]
      socket.write(Buffer.concat([Buffer.from([first, ...size]), payload]))
    }
    if (first === 0x88) socket.end()
  }
}

async function converse(lane, port) {
  const closed = gate()
  const ws = new WebSocket(`ws://127.0.0.1:${port}${lane}`)
  ws.binaryType = 'arraybuffer'
  const toSend = [...(hello[lane] ?? [])]
  const next = () => {
    if (!hello[lane]) return
    if (!toSend.length) {
      ws.close(3001, 'dône')
      log(lane, ws.readyState)
      ws.send('too late')
      return
    }
    ws.send(toSend.shift())
    log(lane, ws.bufferedAmount)
  }
  ws.onopen = (event) => {
    log(lane, event.type, ws.readyState, ws.protocol, ws.extensions, event.target === ws)
    next()
  }
  ws.onmessage = (event) => {
    const data = typeof event.data === 'string' ? event.data : Buffer.from(event.data)
    log(lane, event.type, ws.readyState, data.length > 2000 ? data.length : data, event.origin)
    next()
  }
  ws.onerror = (event) => log(lane, event.type, ws.readyState)
  ws.onclose = (event) => {
    log(lane, event.type, ws.readyState, event.code, event.reason, event.wasClean)
    closed.open()
  }
  await closed
}

async function main() {
  let left
  const server = http.createServer()
  server.on('upgrade', (req, socket) => serve(req, socket, left))
  const port = await listen(server)
  for (const lane of Object.keys(sessions)) {
    left = gate()
    await converse(lane, port)
    await left
  }
}

run(main)
