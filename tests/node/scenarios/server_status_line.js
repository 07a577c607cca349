// The status line: code, reason, and where the reason comes from.
const http = require('node:http')
const { listen, log, raw, run } = require('./prelude')

const ways = [
  (res) => { res.statusCode = 404 },
  (res) => { res.statusCode = 404; res.statusMessage = 'Nowhere' },
  (res) => { res.statusCode = 404; res.statusMessage = '' },
  (res) => { res.statusCode = 299 },
  (res) => { res.statusCode = 999 },
  (res) => { res.statusMessage = 'Fine' },
  (res) => res.writeHead(404),
  (res) => res.writeHead(404, 'Nowhere'),
  (res) => res.writeHead(404, ''),
  (res) => res.writeHead(404, { X: 'y' }),
  (res) => res.writeHead(404, 'Nowhere', { X: 'y' }),
  (res) => res.writeHead('404'),
  (res) => res.writeHead(404.7),
  (res) => res.writeHead(299),
  (res) => res.writeHead(418),
  (res) => { res.statusCode = 404; res.writeHead(410) },
]

async function main() {
  const server = http.createServer((req, res) => {
    ways[Number(req.url.slice(1))](res)
    res.end()
    log('after', req.url, res.statusCode, res.statusMessage)
  })
  const port = await listen(server)
  for (const way of ways.keys()) {
    log('wire', await raw(port, `GET /${way} HTTP/1.0\r\n\r\n`))
  }
}

run(main)
