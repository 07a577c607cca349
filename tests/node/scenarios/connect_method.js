// CONNECT on both sides: the server gets the socket and the bytes after the head, and so does the client.
const http = require('node:http')
const { dial, gate, listen, log, raw, run, serve, watch } = require('./prelude')

async function main() {
  const server = http.createServer(() => log('server', 'request'))
  const port = await listen(server)
  log('unheard', await raw(port, 'CONNECT example.com:80 HTTP/1.1\r\nHost: x\r\n\r\n'))
  server.on('connect', (req, socket, head) => {
    log('server', 'connect', req.method, req.url, req.headers, head)
    socket.write('HTTP/1.1 200 Connection Established\r\n\r\n')
    socket.on('data', (chunk) => socket.end(chunk))
  })
  const peer = await dial(port)
  peer.send('CONNECT example.com:80 HTTP/1.1\r\nHost: x\r\n\r\nearly')
  log('peer', await peer.until('\r\n\r\n'))
  peer.send('echo')
  log('peer', await peer.rest())

  const proxy = await serve(async (peer) => {
    const head = await peer.until('\r\n\r\n')
    log('proxy', head)
    const refused = head.includes('refused')
    peer.send(refused ? 'HTTP/1.1 407 No\r\nContent-Length: 2\r\n\r\nno' : 'HTTP/1.1 200 OK\r\n\r\nhello')
    log('proxy', await peer.rest())
  })
  for (const path of ['open:80', 'refused:80']) await tunnel(path, proxy)
}

async function tunnel(path, proxy) {
  const over = gate()

  const connect = (res, socket, head) => {
    log('client', path, res.statusCode, res.headers, head)
    socket.on('close', over.open)
    socket.end('bye')
  }

  const req = http.request({ host: '127.0.0.1', port: proxy, method: 'CONNECT', path, agent: false })
  watch('client', path, req, 'response', 'error', 'close')
  req.on('connect', connect)
  req.end()
  await over
}

run(main)
