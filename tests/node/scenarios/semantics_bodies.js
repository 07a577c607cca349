// Bodies as they are written: encodings, bytes, lengths nobody checks; and what cannot be piped.
const http = require('node:http')
const { attempt, listen, log, raw, run } = require('./prelude')

const ways = {
  '/encodings': (res) => {
    res.write('é', 'latin1')
    res.write('c3a9', 'hex')
    res.write('€')
    res.end('w6k=', 'base64')
  },
  '/bytes': (res) => { res.write(new Uint8Array([1, 255])); res.end(new Uint8Array([10])) },
  '/short': (res) => { res.setHeader('Content-Length', 9); res.end('short') },
  '/long': (res) => { res.setHeader('Content-Length', 2); res.write('long'); res.end('er') },
  '/words': (res) => { res.setHeader('Content-Length', 'many'); res.end('body') },
  '/latin1': (res) => { res.setHeader('X', 'é'); res.end(Buffer.from('body')) },
  '/pipe': (res) => {
    res.on('error', (err) => { log('pipe', err); res.end('not piped') })
    attempt('pipe', 'returned', () => res.pipe(res))
  },
  '/informational': (res) => { res.writeHead(199); log('199', res.write('dropped')); res.end('dropped') },
}

async function main() {
  const server = http.createServer((req, res) => ways[req.url](res))
  const port = await listen(server)
  for (const path of Object.keys(ways)) {
    log('wire', await raw(port, `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`))
  }
}

run(main)
