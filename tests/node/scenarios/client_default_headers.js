// What a request says by itself, and what its options change.
const http = require('node:http')
const { answer, body, log, once, run, serve } = require('./prelude')

async function main() {
  const port = await serve(answer('HTTP/1.1 200 OK\r\nX-Answer: 42\r\nContent-Length: 2\r\n\r\nhi'))
  for (const options of [
    {},
    { agent: false },
    { agent: new http.Agent() },
    { agent: new http.Agent({ keepAlive: true }) },
    { agent: new http.Agent({ maxSockets: 1 }) },
    { path: '/path?query=1' },
    { method: 'get' },
    { headers: { 'X-First': '1', 'x-second': ['2', '3'], Accept: '*/*' } },
    { headers: { host: 'example.com' } },
    { headers: { Connection: 'close' } },
    { headers: { connection: 'Keep-Alive' } },
    { headers: ['X-First', '1', 'X-First', '2'] },
    { auth: 'user:pässword' },
    { auth: 'user', headers: { authorization: 'mine' } },
    { setHost: false },
    { setDefaultHeaders: false },
    { setDefaultHeaders: false, setHost: true },
  ]) {
    const req = http.get({ host: '127.0.0.1', port, ...options })
    const res = await once(req, 'response')
    log('client', res.statusCode, res.statusMessage, res.httpVersion, res.headers, await body(res))
  }
  const req = http.get(`http://user:p%40ss@localhost:${port}/url?q=1#fragment`, { family: 4, headers: { X: 'y' } })
  await once(req, 'response')
}

run(main)
