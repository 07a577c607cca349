// A URL as text, options over it, the callback in either place.
const http = require('node:http')
const { answer, gate, log, once, run, serve } = require('./prelude')

async function main() {
  const port = await serve(answer('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'))
  const base = `http://127.0.0.1:${port}`
  for (const args of [
    [base],
    [`${base}/`],
    [`${base}/a%20b?c=d&e=%C3%A9`],
    [`${base}/a b?c d`],
    [`${base}/é?ü`],
    [`${base}/a/../b/./c`],
    [`${base}?only=query`],
    [`${base}/#fragment`],
    [`HTTP://127.0.0.1:${port}/Path`],
    [`${base}/url`, { path: '/option' }],
    [`${base}/url`, { method: 'DELETE', headers: { X: 'y' } }],
    [{ hostname: '127.0.0.1', host: 'ignored.invalid', port, path: '/hostname' }],
    [{ host: '127.0.0.1', port: String(port), path: '/text-port' }],
  ]) {
    await get(args, port)
  }
  const req = http.request(base, { method: 'put', agent: false })
  await once(req.end('body'), 'response')
  log('client', req.method, req.agent.constructor.name, req.writableEnded)
}

async function get(args, port) {
  const called = gate()
  const req = http.get(...args, (res) => called.open(res.resume()))
  log('client', req.method, req.path, req.host, req.getHeader('host') === `127.0.0.1:${port}`)
  await called
}

run(main)
