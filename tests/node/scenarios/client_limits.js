// The size and number of a response's headers, and a default agent of one's own.
const http = require('node:http')
const { answer, body, hangup, log, once, run, serve } = require('./prelude')

async function main() {
  for (const [size, limit] of [[100, 200], [300, 200], [17000, 20000]]) await ask(size, limit)

  const lines = 'X: y\r\n'.repeat(1500)
  const many = await serve(hangup(`HTTP/1.1 200 OK\r\nContent-Length: 0\r\n${lines}\r\n`))
  for (const count of [null, 3]) {
    const req = http.get({ host: '127.0.0.1', port: many, agent: false })
    req.maxHeadersCount = count
    const res = await once(req, 'response')
    log('count', count, res.rawHeaders.length, await body(res))
  }

  const odd = await serve(hangup('HTTP/1.1 200 OK\r\nX: a\x01\x7fb\r\nContent-Length: 0\r\n\r\n'))
  const relaxed = http.get({ host: '127.0.0.1', port: odd, agent: false, httpValidation: 'relaxed' })
  log('relaxed', (await once(relaxed, 'response')).rawHeaders)

  const port = await serve(answer('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'))
  const original = http.globalAgent
  http.globalAgent = new http.Agent()
  const req = http.get({ host: '127.0.0.1', port })
  log('global', req.agent === http.globalAgent, req.agent === original)
  await once(req, 'response')
  http.globalAgent = original
}

async function ask(size, limit) {
  const port = await serve(hangup(`HTTP/1.1 200 OK\r\nX: ${'x'.repeat(size)}\r\nContent-Length: 0\r\n\r\n`))
  const req = http.get({ host: '127.0.0.1', port, maxHeaderSize: limit, agent: false })
  req.on('response', (res) => res.resume())
  req.on('response', (res) => log('size', size, limit, res.headers.x.length))
  req.on('error', (err) => log('size', size, limit, err.code))
  await once(req, 'close')
}

run(main)
