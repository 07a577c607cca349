// Unusual requests that are fine: what reaches the handler.
const http = require('node:http')
const { listen, log, raw, run } = require('./prelude')

const rest = 'Host: x\r\nConnection: close\r\n'
const requests = {
  'empty lines first': `\r\n\r\nGET / HTTP/1.1\r\n${rest}\r\n`,
  'any target': `OPTIONS * HTTP/1.1\r\n${rest}\r\n`,
  'absolute target': `GET http://example.com/path?q HTTP/1.1\r\n${rest}\r\n`,
  'fragment': `GET /path#fragment HTTP/1.1\r\n${rest}\r\n`,
  'odd characters': `GET /a|b"c'd{e}^\`[]%zz HTTP/1.1\r\n${rest}\r\n`,
  'query of its own': `GET /?a=1&a=2&&=?? HTTP/1.1\r\n${rest}\r\n`,
  'own method': `PROPFIND / HTTP/1.1\r\n${rest}\r\n`,
  'no value': `GET / HTTP/1.1\r\n${rest}X:\r\n\r\n`,
  'no space': `GET / HTTP/1.1\r\n${rest}X:y\r\n\r\n`,
  'spaces and tabs': `GET / HTTP/1.1\r\n${rest}X: \t a \t b \t \r\n\r\n`,
  'latin1 value': `GET / HTTP/1.1\r\n${rest}X: \xe9\xff\x80\r\n\r\n`,
  'token characters': `GET / HTTP/1.1\r\n${rest}!#$%&'*+-.^_\`|~9z: y\r\n\r\n`,
  'empty Host': 'GET / HTTP/1.1\r\nHost:\r\nConnection: close\r\n\r\n',
  'names of objects': `GET / HTTP/1.1\r\n${rest}constructor: a\r\ntoString: b\r\nget: c\r\nitems: d\r\n\r\n`,
  'largest value': `GET / HTTP/1.1\r\n${rest}X: ${'x'.repeat(16300)}\r\n\r\n`,
  'zero length': `POST / HTTP/1.1\r\n${rest}Content-Length: 0\r\n\r\n`,
  'length with zeros': `POST / HTTP/1.1\r\n${rest}Content-Length: 0004\r\n\r\nbody`,
  'upper-case chunked': `POST / HTTP/1.1\r\n${rest}Transfer-Encoding: CHUNKED\r\n\r\n4\r\nbody\r\n0\r\n\r\n`,
  'list of codings': `POST / HTTP/1.1\r\n${rest}Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\n\r\n`,
  'odd extensions': `POST / HTTP/1.1\r\n${rest}Transfer-Encoding: chunked\r\n\r\n4;=;;a="\\"";b\r\nbody\r\n0;c\r\n\r\n`,
  'types twice': `GET / HTTP/1.1\r\n${rest}Content-Type: a\r\nContent-Type: b\r\nSec-WebSocket-Key1: c\r\n\r\n`,
  'HTTP/0.9': `GET / HTTP/0.9\r\n${rest}\r\n`,
  'no version': 'GET /old\r\n\r\n',
  'HTTP/2.0 in words': `GET / HTTP/2.0\r\n${rest}\r\n`,
  'two spaces': `GET  / HTTP/1.1\r\n${rest}\r\n`,
  'body of a GET': `GET / HTTP/1.1\r\n${rest}Content-Length: 4\r\n\r\nbody`,
}

async function main() {
  let name, request
  const server = http.createServer((req, res) => {
    const x = req.headers.x ?? ''
    log(name, req.method, req.url, req.httpVersion, x.length > 99 ? x.length : req.rawHeaders)
    const chunks = []
    req.on('data', (chunk) => chunks.push(chunk))
    req.on('end', () => { log(name, Buffer.concat(chunks)); res.end() })
  })
  const port = await listen(server)
  for ([name, request] of Object.entries(requests)) log(name, await raw(port, request))

  const relaxed = http.createServer({ httpValidation: 'relaxed' }, (req, res) => {
    log(name, req.rawHeaders)
    res.end()
  })
  const relaxedPort = await listen(relaxed)
  for (const odd of ['\x01', '\x1b[31m', '\x7f', '\x02 \x03', '\r', '\r\n ']) {
    name = `relaxed ${odd.charCodeAt(0)} ${odd.length}`
    log(name, await raw(relaxedPort, `GET / HTTP/1.1\r\n${rest}X: a${odd}b\r\n\r\n`))
    log(name, await raw(relaxedPort, `GET /${odd} HTTP/1.1\r\n${rest}\r\n`))
  }
}

run(main)
