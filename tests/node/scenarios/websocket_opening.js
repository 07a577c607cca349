// The opening handshake: what the client asks, which answers it takes, and what it lets nobody ask for.
const crypto = require('node:crypto')
const { gate, log, run, serve } = require('./prelude')

const switching = 'HTTP/1.1 101 Switching Protocols'
const upgrade = ['Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Accept: <accept>']
const chat = { protocols: ['chat', 'superchat'] }

const answers = {
  '/plain': [[switching, ...upgrade], undefined],
  '/any-case': [[switching, 'connection: upgrade', 'upgrade: WebSocket', upgrade[2]], undefined],
  '/one-of-two': [[switching, ...upgrade, 'Sec-WebSocket-Protocol: superchat'], chat],
  '/one': [[switching, ...upgrade, 'Sec-WebSocket-Protocol: chat'], 'chat'],
  '/headers': [[switching, ...upgrade], { headers: { 'X-Token': 'abc', Cookie: 'a=b' } }],
  '/early-hints': [['HTTP/1.1 103 Early Hints', '', switching, ...upgrade], undefined],
  '/none-of-two': [[switching, ...upgrade], chat],
  '/another': [[switching, ...upgrade, 'Sec-WebSocket-Protocol: other'], chat],
  '/both': [[switching, ...upgrade, 'Sec-WebSocket-Protocol: chat, superchat'], chat],
  '/extension': [[switching, ...upgrade, 'Sec-WebSocket-Extensions: x-unheard-of'], undefined],
  '/wrong-accept': [[switching, ...upgrade.slice(0, 2), 'Sec-WebSocket-Accept: AAAAAAAAAAAAAAAAAAAAAAAAAAA='], undefined],
  '/two-accepts': [[switching, ...upgrade, upgrade[2]], undefined],
  '/no-accept': [[switching, ...upgrade.slice(0, 2)], undefined],
  '/no-upgrade': [[switching, upgrade[0], upgrade[2]], undefined],
  '/no-connection': [[switching, ...upgrade.slice(1)], undefined],
  '/other-upgrade': [[switching, upgrade[0], 'Upgrade: chat', upgrade[2]], undefined],
  '/ok': [['HTTP/1.1 200 OK', ...upgrade, 'Content-Length: 0'], undefined],
  '/missing': [['HTTP/1.1 404 Not Found', 'Content-Length: 2', '', 'no'], undefined],
  '/redirect': [['HTTP/1.1 302 Found', 'Location: /plain', 'Content-Length: 0'], undefined],
  '/garbage': [['SMTP ready'], undefined],
  '/nothing': [[], undefined],
}

const told = /^(GET|host|connection|upgrade|sec-websocket-(version|protocol)|x-token|cookie)\b/i

const accept = (key) => crypto.createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64')

async function answer(peer) {
  const head = await peer.until('\r\n\r\n')
  const lane = head.split(' ')[1]
  const lines = head.split('\r\n')
  const lowered = lines.filter((line) => told.test(line)).map((line) => line.replace(/^[\w-]+:/, (name) => name.toLowerCase()))
  log(`${lane} wire`, lowered.sort())
  const key = lines.find((line) => /^sec-websocket-key: /i.test(line)).slice(19)
  log(`${lane} wire`, Buffer.from(key, 'base64').length)
  const [said] = answers[lane]
  if (said.length) peer.send([...said, '', ''].join('\r\n').replaceAll('<accept>', accept(key)))
  else peer.end()
  if (said[0] === switching) {
    const first = (await peer.rest()).charCodeAt(0)
    log(`${lane} wire`, Number.isNaN(first) ? null : first)
  }
}

async function open(lane, port) {
  const closed = gate()
  const given = answers[lane]?.[1]
  const ws = given ? new WebSocket(`ws://127.0.0.1:${port}${lane}`, given) : new WebSocket(`ws://127.0.0.1:${port}${lane}`)
  log(lane, ws.readyState, ws.url, ws.binaryType)
  ws.onopen = () => {
    log(lane, 'open', ws.readyState, ws.protocol)
    ws.close(1000)
    log(lane, ws.readyState)
    // The server never answers; what follows is of no interest.
    closed.open()
  }
  ws.onerror = () => log(lane, 'error', ws.readyState)
  ws.onclose = (event) => {
    log(lane, 'close', ws.readyState, event.code, event.reason, event.wasClean)
    closed.open()
  }
  await closed
}

function attempt(name, action) {
  try {
    action()
    log('misuse', name, 'ok')
  } catch (error) {
    log('misuse', name, error.name)
  }
}

async function misuse(port) {
  for (const url of ['', 'localhost', '/path', 'ws://', 'ftp://localhost', 'ws://a/#', 'ws://a/#x', 'ws://a b/']) {
    attempt(url, () => new WebSocket(url))
  }
  for (const protocols of ['', 'a b', 'a,b', 'é', ['a', 'A'], ['a', 'a'], ['ok', '']]) {
    attempt(protocols, () => new WebSocket(`ws://127.0.0.1:${port}/plain`, protocols))
  }
  const ws = new WebSocket('ws://127.0.0.1:1/')
  ws.onerror = () => {}
  attempt('send', () => ws.send('too early'))
  for (const code of [0, 999, 1001, 1005, 1006, 2999, 5000]) attempt(code, () => ws.close(code))
  attempt('long', () => ws.close(1000, 'x'.repeat(124)))
  attempt('long in bytes', () => ws.close(1000, 'é'.repeat(62)))
  const closed = gate()
  ws.onclose = closed.open
  await closed
  attempt('send, closed', () => ws.send('too late'))
  attempt('close, closed', () => ws.close())
  attempt('close wrongly, closed', () => ws.close(1))
}

function urls() {
  for (const url of ['HTTP://LocalHost:80', 'https://localhost:443/a/../b?c d', 'ws://localhost:8080', 'wss://[::1]:444/é']) {
    const ws = new WebSocket(url)
    ws.onerror = () => {}
    log('urls', ws.url)
    ws.close()
  }
}

async function main() {
  const port = await serve(answer)
  for (const lane of Object.keys(answers)) await open(lane, port)
  await open('/', 1) // nobody listens there
  urls()
  await misuse(port)
}

run(main)
