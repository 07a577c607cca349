// Requests whose body nobody delimits, and those with headers of one's own alone.
const http = require('node:http')
const { attempt, gate, log, run, serve } = require('./prelude')

const ways = {
  'GET': ['GET', {}],
  'DELETE': ['DELETE', {}],
  'OPTIONS': ['OPTIONS', {}],
  'no defaults': ['POST', { setDefaultHeaders: false }],
  'list': ['GET', { headers: ['X', 'y'], auth: 'user:password' }],
  'list with body': ['POST', { headers: ['X', 'y'] }],
}

async function main() {
  for (const [lane, [method, options]] of Object.entries(ways)) {
    await send(lane, method, options, (req) => req.end('body'))
    await send(lane, method, options, (req) => { req.write('bo'); req.end('dy') })
  }
  await send('trailer', 'GET', {}, (req) => {
    req.setHeader('Trailer', 'X')
    attempt('trailer', 'end', () => req.end('body'))
    req.removeHeader('Trailer')
    if (!req.writableEnded) req.end('body')
  })
}

async function send(lane, method, options, write) {
  const heard = gate()
  const port = await serve(async (peer) => {
    log(lane, await peer.until('dy') + await peer.until('\r\n0\r\n\r\n'))
    heard.open()
  })
  const req = http.request({ host: '127.0.0.1', port, method, agent: false, ...options })
  req.on('error', () => {})
  req.on('finish', () => req.socket.end())
  write(req)
  await heard
}

run(main)
