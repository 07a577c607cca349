// Responses that have no body (HEAD, 204, 304) drop what is written; 205 is like 200.
const http = require('node:http')
const { dial, listen, log, raw, run } = require('./prelude')

async function main() {
  const server = http.createServer((req, res) => {
    res.statusCode = Number(req.url.slice(1))
    log('server', req.method, req.url, res.write('body', () => log('server', req.method, req.url, 'written')))
    res.end('more')
  })
  const port = await listen(server)
  for (const status of [200, 204, 304, 205]) {
    for (const method of ['GET', 'HEAD']) {
      log('wire', await raw(port, `${method} /${status} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`))
    }
  }
  for (const head of ['HEAD /200', 'GET /204', 'GET /304']) {
    const peer = await dial(port)
    peer.send(`${head} HTTP/1.1\r\nHost: x\r\n\r\n`)
    log('kept', await peer.until('\r\n\r\n'))
    peer.send('GET /200 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
    log('kept', await peer.rest())
  }
  log('1.0', await raw(port, 'GET /204 HTTP/1.0\r\n\r\n'))
}

run(main)
