// Removing an automatic header, or setting it oneself, keeps the response from adding it.
const http = require('node:http')
const { dial, listen, log, raw, run } = require('./prelude')

const ways = {
  '/date': (res) => res.removeHeader('Date'),
  '/sendDate': (res) => { res.sendDate = false },
  '/connection': (res) => res.removeHeader('Connection'),
  '/length': (res) => res.removeHeader('Content-Length'),
  '/chunked': (res) => res.removeHeader('Transfer-Encoding'),
  '/both': (res) => { res.removeHeader('Content-Length'); res.removeHeader('Transfer-Encoding') },
  '/own-date': (res) => res.setHeader('Date', 'today'),
  '/own-encoding': (res) => res.setHeader('Transfer-Encoding', 'gzip, chunked'),
  '/own-keep-alive': (res) => res.setHeader('Keep-Alive', 'timeout=1'),
}

async function main() {
  const server = http.createServer((req, res) => {
    ways[req.url](res)
    res.end('body')
  })
  const port = await listen(server)
  for (const path of Object.keys(ways)) {
    log('close', await raw(port, `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`))
    const peer = await dial(port)
    peer.send(`GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`)
    log('keep', await peer.until('body'))
    if (path === '/both') log('keep', await peer.rest())
  }
}

run(main)
