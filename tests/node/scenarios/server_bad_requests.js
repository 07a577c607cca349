// Requests that are none get 400 (431 when the head is too large) and the connection ends.
const http = require('node:http')
const { listen, log, raw, run } = require('./prelude')

const head = 'GET / HTTP/1.1\r\nHost: x\r\n'
const requests = {
  'garbage': 'garbage\r\n\r\n',
  'unknown method': 'FETCH / HTTP/1.1\r\nHost: x\r\n\r\n',
  'lower-case method': 'get / HTTP/1.1\r\nHost: x\r\n\r\n',
  'wrong protocol': 'GET / HTTQ/1.1\r\n\r\n',
  'wrong version': 'GET / HTTP/1.2\r\nHost: x\r\n\r\n',
  'no target': 'GET  HTTP/1.1\r\nHost: x\r\n\r\n',
  'line feeds only': 'GET / HTTP/1.1\nHost: x\n\n',
  'no Host': 'GET / HTTP/1.1\r\n\r\n',
  'space before colon': `${head}X : y\r\n\r\n`,
  'no colon': `${head}X\r\n\r\n`,
  'folded line': `${head}X: a\r\n b\r\n\r\n`,
  'NUL in value': `${head}X: a\0b\r\n\r\n`,
  'control in value': `${head}X: a\x01b\r\n\r\n`,
  'return in value': `${head}X: a\rb\r\n\r\n`,
  'two lengths': `${head}Content-Length: 1\r\nContent-Length: 1\r\n\r\nx`,
  'list of lengths': `${head}Content-Length: 1, 1\r\n\r\nx`,
  'negative length': `${head}Content-Length: -1\r\n\r\n`,
  'empty length': `${head}Content-Length:\r\n\r\n`,
  'length and chunked': `${head}Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
  'chunked and length': `${head}Transfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n0\r\n\r\n`,
  'chunked is not last': `${head}Transfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n`,
  'coding without chunked': `${head}Transfer-Encoding: gzip\r\n\r\nx`,
  'coding that is none': `${head}Transfer-Encoding: ,\r\n\r\nx`,
  'empty coding': `${head}Transfer-Encoding:\r\n\r\nx`,
  'two chunked': `${head}Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
  'garbage behind a request': `${head}\r\ngarbage\r\n\r\n`,
  'request behind the last': `${head}Connection: close\r\n\r\n${head}\r\n`,
  'space at the start': `GET / HTTP/1.1\r\n X: y\r\n\r\n`,
  'head too large': `${head}X: ${'x'.repeat(17000)}\r\n\r\n`,
  'target too large': `GET /${'x'.repeat(17000)} HTTP/1.1\r\nHost: x\r\n\r\n`,
  'too many lines': `${head}${'X: y\r\n'.repeat(1100)}\r\n`,
  'HTTP/2': 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
}

async function main() {
  const server = http.createServer((req, res) => {
    log('request', req.url)
    req.on('error', () => {})
    req.on('end', () => res.end())
    req.resume()
  })
  const port = await listen(server)
  for (const [name, request] of Object.entries(requests)) {
    log(name, await raw(port, request))
  }
}

run(main)
