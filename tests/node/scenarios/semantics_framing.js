// Framing at its edges: heads from a list, HTTP/1.0 with TE, no body with an encoding, two framings at once.
const http = require('node:http')
const { attempt, dial, listen, log, raw, run } = require('./prelude')

const status = (code, headers) => (res) => {
  res.statusCode = code
  for (const [name, value] of Object.entries(headers ?? {})) res.setHeader(name, value)
  res.end(headers ? 'body' : undefined)
}

function trailer(res) {
  res.setHeader('Trailer', 'X')
  attempt('trailer', res.req.method, () => res.end('body'))
  res.removeHeader('Trailer')
  if (!res.writableEnded) res.end('body')
}

function trailerWrite(res) {
  res.setHeader('Trailer', 'X')
  attempt('trailer', res.req.method, () => res.write('body'))
  if (!res.headersSent) res.removeHeader('Trailer')
  res.end()
}

const ways = {
  'list head': (res) => res.writeHead(200, ['X', 'y']).end('body'),
  'list with length': (res) => res.writeHead(200, ['Content-Length', '4']).end('body'),
  '204': status(204),
  '204 chunked': status(204, { 'Transfer-Encoding': 'chunked' }),
  '304': status(304),
  '304 chunked': status(304, { 'Transfer-Encoding': 'chunked' }),
  '205': status(205),
  'length and chunked': status(200, { 'Content-Length': 4, 'Transfer-Encoding': 'chunked' }),
  'identity': status(200, { 'Transfer-Encoding': 'identity' }),
  'trailer': trailer,
  'trailer, write': trailerWrite,
}

async function main() {
  const server = http.createServer((req, res) => ways[decodeURI(req.url.slice(1))](res))
  const port = await listen(server)
  for (const way of Object.keys(ways)) {
    if (way.startsWith('trailer')) continue
    const peer = await dial(port)
    peer.send(`GET /${encodeURI(way)} HTTP/1.1\r\nHost: x\r\n\r\n`)
    log(way, await peer.until('\r\n\r\n'))
    peer.send('GET /205 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n') // answered if the connection was kept
    log(way, await peer.rest())
  }
  for (const way of ['trailer', 'trailer,%20write']) {
    log('trailer', await raw(port, `HEAD /${way} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`))
    log('trailer', await raw(port, `GET /${way} HTTP/1.0\r\n\r\n`))
  }
  log('TE', await raw(port, 'GET /list%20head HTTP/1.0\r\nTE: chunked\r\n\r\n'))
  const peer = await dial(port)
  peer.send('GET /205 HTTP/1.0\r\nTE: chunked\r\nConnection: keep-alive\r\n\r\n')
  log('TE', await peer.until('\r\n\r\n'))
  peer.send('GET /205 HTTP/1.0\r\n\r\n')
  log('TE', await peer.rest())
}

run(main)
