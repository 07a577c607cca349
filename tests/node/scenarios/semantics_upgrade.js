// Who decides about an upgrade, what the listener gets with it, and what becomes of a connection nobody takes.
const http = require('node:http')
const { dial, gate, listen, log, raw, run } = require('./prelude')

const head = (path, headers, body = '') => `POST ${path} HTTP/1.1\r\nHost: x\r\n${headers}\r\n\r\n${body}`
const both = 'Connection: Upgrade\r\nUpgrade: chat'

async function main() {
  const server = http.createServer(async (req, res) => {
    const chunks = []
    for await (const chunk of req) chunks.push(chunk)
    log('request', req.url, req.upgrade, Buffer.concat(chunks))
    res.end('no')
  })
  server.shouldUpgradeCallback = (req) => {
    log('asked', req.method, req.url)
    return req.url !== '/declined'
  }
  const port = await listen(server)
  log('unheard', await raw(port, head('/unheard', both)))

  const closed = gate()
  server.on('upgrade', (req, socket, rest) => {
    log('upgrade', req.url, req.upgrade, req.complete, socket.readableFlowing, socket.parser, rest)
    req.on('data', (chunk) => log('upgrade', 'data', chunk))
    req.on('end', () => log('upgrade', 'end'))
    socket.on('data', (chunk) => socket.end(`you said ${chunk}`))
    socket.on('close', closed.open)
    server.closeAllConnections()
    socket.write('welcome')
  })
  const peer = await dial(port)
  peer.send(head('/accepted', `${both}\r\nContent-Length: 4`, 'body and more'))
  log('accepted', await peer.until('welcome'))
  peer.send('hello')
  log('accepted', await peer.rest())
  await closed

  const declined = await dial(port)
  declined.send(head('/declined', `${both}\r\nContent-Length: 4`))
  declined.send('body')
  log('declined', await declined.until('no'))
  for (const headers of ['Upgrade: chat', 'Connection: Upgrade']) {
    log('half asked', await raw(port, head('/half', `${headers}\r\nContent-Length: 0`).replace('1.1', '1.0')))
  }
  const defaults = http.createServer()
  const asked = () => defaults.shouldUpgradeCallback({ url: '/' })
  log('default', asked(), defaults.on('upgrade', () => {}) === defaults, asked())
}

run(main)
