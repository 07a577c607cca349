// A proxy of pipes: the body goes up, the answer comes back, with its status and headers, large or small.
const http = require('node:http')
const { body, dial, listen, log, once, run } = require('./prelude')

async function main() {
  const agent = new http.Agent({ keepAlive: true })
  const origin = http.createServer((req, res) => {
    log('origin', req.method, req.url, req.headers['x-via'], req.headers['content-length'])
    res.writeHead(201, 'Made', { 'X-Origin': 'yes', 'Set-Cookie': ['a=1', 'b=2'] })
    req.pipe(res)
  })
  const originPort = await listen(origin)

  const proxy = http.createServer((req, res) => {
    const passOn = (answer) => {
      res.writeHead(answer.statusCode, answer.statusMessage, answer.headers)
      answer.pipe(res)
    }

    const options = { host: '127.0.0.1', port: originPort, path: req.url, method: req.method, agent }
    const headers = { ...req.headers, 'x-via': 'proxy', connection: 'keep-alive' }
    const upstream = http.request({ ...options, headers }, passOn)
    req.pipe(upstream)
  })
  const port = await listen(proxy)

  for (const size of [0, 5, 300000]) {
    const req = http.request({ host: '127.0.0.1', port, path: `/${size}`, method: 'PUT', agent })
    const res = await once(req.end('x'.repeat(size)), 'response')
    const received = await body(res)
    log('client', res.statusCode, res.statusMessage, res.headers['set-cookie'], received.length)
  }
  const peer = await dial(port)
  peer.send('POST /raw HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n')
  log('raw', await peer.until('0\r\n\r\n'))
}

run(main)
