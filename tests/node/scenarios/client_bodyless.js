// Responses without a body, whatever their headers promise; and one that ends with its connection.
const http = require('node:http')
const { body, hangup, log, once, run, serve } = require('./prelude')

async function main() {
  for (const [method, reply] of [
    ['HEAD', 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n'],
    ['HEAD', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n'],
    ['GET', 'HTTP/1.1 204 No Content\r\n\r\n'],
    ['GET', 'HTTP/1.1 304 Not Modified\r\nContent-Length: 10\r\n\r\n'],
    ['GET', 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'],
    ['GET', 'HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nuntil the end'],
    ['GET', 'HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n'],
    ['GET', 'HTTP/1.1 600 Strange\r\nContent-Length: 0\r\n\r\n'],
    ['POST', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\nA\r\n0123456789\r\n0\r\n\r\n'],
  ]) {
    const port = await serve(hangup(reply))
    const req = http.request({ host: '127.0.0.1', port, method, agent: false })
    const res = await once(req.end(), 'response')
    log('client', method, res.statusCode, res.statusMessage, res.headers, await body(res), res.complete)
  }
}

run(main)
