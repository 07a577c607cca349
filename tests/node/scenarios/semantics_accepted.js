// Odd requests that Node takes, and more of those it refuses.
const http = require('node:http')
const { listen, log, raw, run } = require('./prelude')

const rest = 'Host: x\r\nConnection: close\r\n'
const requests = {
  'two spaces before the target': `GET  / HTTP/1.1\r\n${rest}\r\n`,
  'HTTP/0.9': `GET / HTTP/0.9\r\n${rest}\r\n`,
  'HTTP/2.0': `GET / HTTP/2.0\r\n${rest}\r\n`,
  'star': `GET * HTTP/1.1\r\n${rest}\r\n`,
  'non-ASCII target': `GET /\xe9 HTTP/1.1\r\n${rest}\r\n`,
  'length is no number': `POST / HTTP/1.1\r\n${rest}Content-Length: x\r\n\r\n`,
  'length with a sign': `POST / HTTP/1.1\r\n${rest}Content-Length: +1\r\n\r\nx`,
}

async function main() {
  const server = http.createServer((req, res) => {
    log('request', req.method, req.url, req.httpVersion, req.headersDistinct.host)
    res.end()
  })
  const port = await listen(server)
  for (const [name, request] of Object.entries(requests)) log(name, await raw(port, request))
}

run(main)
