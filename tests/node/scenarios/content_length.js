// strictContentLength: a body must match its length; rejectNonStandardBodyWrites: no body where none is allowed.
const http = require('node:http')
const { attempt, listen, log, raw, run } = require('./prelude')

async function main() {
  const server = http.createServer((req, res) => {
    res.strictContentLength = true
    res.setHeader('Content-Length', 4)
    if (req.url === '/long') {
      res.flushHeaders()
      attempt('strict', 'too long', () => res.write('toolong'))
      return res.destroy()
    }
    res.write('bo')
    attempt('strict', 'still short', () => res.end('d'))
    attempt('strict', 'too much', () => res.end('dy!'))
    attempt('strict', 'exact', () => res.end('dy'))
  })
  const strict = await listen(server)
  await raw(strict, 'GET /long HTTP/1.0\r\n\r\n')
  log('strict', await raw(strict, 'GET / HTTP/1.0\r\n\r\n'))

  const rejecting = http.createServer({ rejectNonStandardBodyWrites: true }, (req, res) => {
    if (req.url === '/204') res.statusCode = 204
    attempt('rejecting', req.method, () => res.write('body'))
    attempt('rejecting', req.method, () => res.end('body'))
    if (!res.writableEnded) attempt('rejecting', req.method, () => res.end())
  })
  const port = await listen(rejecting)
  for (const request of ['HEAD /', 'GET /204', 'GET /']) {
    log('rejecting', await raw(port, `${request} HTTP/1.0\r\n\r\n`))
  }
}

run(main)
