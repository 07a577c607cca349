// Header lines that come twice: the first wins, or they are joined, or listed; rawHeaders keeps everything.
const http = require('node:http')
const { body, hangup, listen, log, once, raw, run, serve } = require('./prelude')

const names = [
  'Age', 'Authorization', 'Expires', 'From', 'If-Modified-Since', 'If-Unmodified-Since',
  'Last-Modified', 'Location', 'Proxy-Authorization', 'Referer', 'Retry-After', 'Cookie',
  'Set-Cookie', 'Accept', 'X-Custom', 'Cache-Control', 'Date', 'Via', 'Vary', 'X-Forwarded-For',
]
const lines = names.map((name) => `${name}: first\r\n${name.toLowerCase()}: second\r\n`).join('')

async function main() {
  const listener = (req, res) => {
    log('server', req.headers)
    log('server', req.headersDistinct)
    log('server', req.rawHeaders)
    res.end()
  }
  const request = `GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${lines}X-Empty:\r\nX-Spaces:  a  b  \r\n\r\n`
  await raw(await listen(http.createServer(listener)), request)
  await raw(await listen(http.createServer({ joinDuplicateHeaders: true }, listener)), request)
  const port = await serve(hangup(`HTTP/1.1 200 OK\r\n${lines}Content-Length: 0\r\n\r\n`))
  for (const join of [false, true]) {
    const req = http.get({ host: '127.0.0.1', port, joinDuplicateHeaders: join, agent: false })
    const res = await once(req, 'response')
    log('client', res.headers)
    log('client', res.headersDistinct, res.rawHeaders.length, await body(res))
  }
}

run(main)
