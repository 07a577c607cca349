// The order of what a TLS request goes through: with a new connection, with a kept one, and without an agent.
const fs = require('node:fs')
const https = require('node:https')
const { gate, listen, log, run, watch } = require('./prelude')

const pem = (name) => fs.readFileSync(`${__dirname}/../certificates/${name}.pem`, 'utf8')

async function exchange(lane, options) {
  const over = gate()
  const closed = gate()
  const callback = (res) => {
    log(lane, 'callback', res.socket.authorized)
    watch(lane, 'res', res, 'end', 'close')
    res.on('data', (chunk) => log(lane, 'data', chunk))
    res.on('close', () => over.open())
  }
  const req = https.request({ method: 'POST', host: '127.0.0.1', ca: pem('ca'), ...options }, callback)
  watch(lane, 'req', req, 'finish', 'response', 'close')
  req.on('close', () => closed.open())
  req.on('socket', (socket) => {
    log(lane, 'req socket', socket.connecting, socket.secureConnecting, socket.authorized, socket.encrypted)
    if (lane !== 'kept') watch(lane, 'socket', socket, 'connect', 'ready', 'secureConnect', 'free')
    socket.on('connect', () => log(lane, socket.secureConnecting, socket.remoteAddress, socket.getPeerCertificate()))
  })
  req.end('body')
  await over
  await closed
}

async function main() {
  const server = https.createServer({ cert: pem('localhost'), key: pem('localhost-key') }, (req, res) => {
    log('server', 'request', req.socket.secureConnecting)
    req.resume()
    res.end('hi')
  })
  watch('server', 'server', server, 'connection', 'secureConnection', 'tlsClientError')
  server.on('connection', (socket) => log('server', socket.encrypted === true, typeof socket.remotePort))
  server.on('secureConnection', (socket) => log('server', socket.encrypted === true, socket.authorized))
  const port = await listen(server)
  const agent = new https.Agent({ keepAlive: true })
  await exchange('new', { port, agent })
  await exchange('kept', { port, agent })
  await exchange('alone', { port, agent: false })
  const closed = gate()
  server.close(() => { log('server', 'closed'); closed.open() })
  agent.destroy()
  await closed
}

run(main)
