// Content-Length or chunked: what each way of writing a body gives, on a kept connection and on others.
const http = require('node:http')
const { dial, listen, log, raw, run } = require('./prelude')

const ways = {
  'end()': (res) => res.end(),
  'end(text)': (res) => res.end('body'),
  'end(bytes)': (res) => res.end(Buffer.from('body')),
  'end(empty)': (res) => res.end(''),
  'end(multibyte)': (res) => res.end('€uro'),
  'write, end': (res) => { res.write('bo'); res.write('dy'); res.end() },
  'write, end(text)': (res) => { res.write('bo'); res.end('dy') },
  'write(empty), end(text)': (res) => { res.write(''); res.end('body') },
  'writeHead, end': (res) => { res.writeHead(200); res.end() },
  'writeHead, end(text)': (res) => { res.writeHead(200); res.end('body') },
  'flushHeaders, end(text)': (res) => { res.flushHeaders(); res.end('body') },
  'length, end(text)': (res) => { res.setHeader('Content-Length', 4); res.end('body') },
  'length, write, end': (res) => { res.setHeader('Content-Length', 4); res.write('body'); res.end() },
  'writeHead(length), end(text)': (res) => { res.writeHead(200, { 'content-length': '4' }); res.end('body') },
  'chunked, end(text)': (res) => { res.setHeader('Transfer-Encoding', 'chunked'); res.end('body') },
}

async function main() {
  const server = http.createServer((req, res) => ways[decodeURI(req.url.slice(1))](res))
  const port = await listen(server)
  for (const way of Object.keys(ways)) {
    const path = encodeURI(way)
    const peer = await dial(port)
    peer.send(`GET /${path} HTTP/1.1\r\nHost: x\r\n\r\n`)
    log(way, await peer.until('\r\n\r\n'))
    peer.send('GET /end() HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n') // answered if the connection was kept
    log(way, await peer.rest())
    log(way, await raw(port, `GET /${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`))
    log(way, await raw(port, `HEAD /${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`))
    log(way, await raw(port, `GET /${path} HTTP/1.0\r\n\r\n`))
  }
}

run(main)
