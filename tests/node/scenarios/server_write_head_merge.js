// writeHead's headers meet those of setHeader: who wins, in which place and case, and what getHeader then says.
const http = require('node:http')
const { listen, log, raw, run } = require('./prelude')

const preset = (res) => res.setHeader('X-A', '1').setHeader('X-B', '2').setHeader('X-C', '3')

const ways = [
  (res) => res.writeHead(200, { 'X-A': '1', 'x-a': '2', 'X-B': ['3', '4'] }),
  (res) => res.writeHead(200, ['X-A', '1', 'x-a', '2', 'X-B', '3']),
  (res) => preset(res).writeHead(200),
  (res) => preset(res).writeHead(200, { 'x-b': 'new', 'X-D': '4' }),
  (res) => preset(res).writeHead(200, ['x-b', 'new', 'X-D', '4', 'X-B', 'again']),
  (res) => preset(res).writeHead(200, { 'X-A': ['new', 'list'] }),
  (res) => res.writeHead(200, { Date: 'today', Connection: 'close', 'Content-Length': 0 }),
  (res) => res.writeHead(200, { 'Keep-Alive': 'timeout=99' }),
]

async function main() {
  const server = http.createServer((req, res) => {
    const way = Number(req.url.slice(1))
    log('chains', ways[way](res) === res)
    log('getHeaders', res.getHeaders())
    res.end()
  })
  const port = await listen(server)
  for (const way of ways.keys()) {
    log('wire', await raw(port, `GET /${way} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`))
  }
}

run(main)
