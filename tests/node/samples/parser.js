// Sends Node's server what parser.json says, and prints what comes of it: the answer, the events, and the error.
'use strict'
const http = require('node:http')
const net = require('node:net')
const cases = require('./parser.json')

const TURNS = 10 // of the loop, until everything that follows from a packet has happened

const unfolded = (text) => text.replace(/<(\d+) ([^>]+)>/g, (_, count, part) => part.repeat(count))

async function turns() {
  for (let i = 0; i < TURNS; i++) await new Promise(setImmediate)
}

function handler(events) {
  return (req, res) => {
    const headers = JSON.stringify(req.headers).slice(0, 90)
    events.push(`request ${req.method} ${req.url} v${req.httpVersion} hdrs=${headers} nraw=${req.rawHeaders.length}`)
    let body = ''
    req.on('data', (chunk) => { body += chunk })
    req.on('end', () => {
      events.push(`req end trailers=${JSON.stringify(req.trailers)}`)
      if (req.url !== '/slow') res.end(`ok:${body}`)
    })
    req.on('aborted', () => events.push('req aborted'))
    req.on('error', (error) => events.push(`req error ${error.code} ${error.message}`))
    req.on('close', () => events.push('req close'))
    res.on('finish', () => events.push('res finish'))
    res.on('close', () => events.push('res close'))
    if (req.url === '/early') res.write('x')
  }
}

async function exchange(server, send) {
  const accepted = new Promise((resolve) => server.on('connection', resolve))
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  const client = net.connect({ port: server.address().port, host: '127.0.0.1', allowHalfOpen: true })
  let out = ''
  client.setEncoding('latin1').on('data', (text) => { out += text })
  const left = new Promise((resolve) => client.on('end', resolve))
  const socket = await accepted
  let sent = 0
  for (const packet of send) {
    if (packet === null) client.end()
    else client.write(unfolded(packet), 'latin1')
    sent += unfolded(packet ?? '').length
    const arrived = () => socket.bytesRead === sent && (packet !== null || socket.readableEnded)
    while (!socket.destroyed && !arrived()) await turns()
    await turns()
  }
  const closed = socket.destroyed || socket.writableEnded
  socket.destroySoon()
  await left
  client.destroy()
  server.close()
  return { out: out.replace(/Date: [^\r]+/, 'Date: <D>'), closed }
}

async function record({ send }) {
  const sample = { send, events: [] }
  const events = []
  const outcome = await exchange(http.createServer(handler(events)), send)
  sample.events = [...events]
  const server = http.createServer(handler([])).on('clientError', (error, socket) => {
    const { code, reason, message, bytesParsed, rawPacket } = error
    sample.error = { code, reason, message, bytesParsed, rawPacket: rawPacket?.length ?? null }
    socket.destroy()
  })
  await exchange(server, send)
  return { ...sample, ...outcome }
}

async function main() {
  const one = async ([name, sample]) => [name, await record(sample)]
  console.log(JSON.stringify(Object.fromEntries(await Promise.all(Object.entries(cases).map(one)))))
}

main()
