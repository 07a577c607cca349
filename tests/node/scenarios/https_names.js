// A server with several names: whose certificate a client gets (SNI), and which protocol is spoken (ALPN).
const fs = require('node:fs')
const https = require('node:https')
const { attempt, body, listen, log, run } = require('./prelude')

const pem = (name) => fs.readFileSync(`${__dirname}/../certificates/${name}.pem`, 'utf8')
const identity = (name) => ({ cert: pem(name), key: pem(`${name}-key`) })

async function ask(lane, port, options) {
  const req = https.get({ host: '127.0.0.1', port, ca: pem('ca'), agent: false, rejectUnauthorized: false, ...options })
  const res = await new Promise((resolve) => req.on('response', resolve).on('error', (error) => resolve(error)))
  if (res instanceof Error) return log(lane, 'error', res.code === 'EPROTO' || res.code === 'ECONNRESET')
  const { alpnProtocol, authorized, servername } = res.socket
  log(lane, res.socket.getPeerCertificate().subject.CN, authorized, servername, alpnProtocol, await body(res))
}

async function main() {
  const handler = (req, res) => {
    log('server', req.socket.servername, req.socket.alpnProtocol)
    res.end('hi')
  }
  const server = https.createServer(identity('localhost'), handler)
  server.on('tlsClientError', (error) => log('server', error.code))
  server.addContext('*.example.com', identity('example'))
  attempt('server', 'no name', () => server.addContext('', identity('example')))
  const port = await listen(server)
  await ask('contexts', port, {})
  await ask('contexts', port, { servername: 'www.example.com' })
  await ask('contexts', port, { servername: 'WWW.example.com' })
  await ask('contexts', port, { servername: 'a.b.example.com' })
  await ask('contexts', port, { servername: 'example.com' })
  server.addContext('www.example.com', identity('self-signed'))
  await ask('contexts', port, { servername: 'www.example.com' })
  server.setSecureContext(identity('example'))
  await ask('contexts', port, {})
  await ask('alpn', port, { ALPNProtocols: ['http/1.1', 'h2'] })
  await ask('alpn', port, { ALPNProtocols: ['h2'] })
  await ask('alpn', port, { ALPNProtocols: ['h2', 'http/1.1'] })

  const asked = https.createServer({
    ...identity('localhost'),
    SNICallback(name, callback) {
      log('SNICallback', name)
      if (name === 'later.example.com') setImmediate(() => callback(null, context))
      else callback(name === 'bad.example.com' ? new Error('bad name') : null, name === 'none.example.com' ? null : context)
    },
    ALPNCallback({ servername, protocols }) {
      log('ALPNCallback', servername, protocols)
      return protocols.find((protocol) => protocol.startsWith('x-'))
    },
  }, handler)
  const context = require('node:tls').createSecureContext(identity('example'))
  asked.on('tlsClientError', (error) => log('asked', error.message === 'bad name' || error.code))
  const askedPort = await listen(asked)
  for (const name of ['now', 'later', 'none', 'bad']) await ask('asked', askedPort, { servername: `${name}.example.com` })
  await ask('asked', askedPort, { ALPNProtocols: ['h2', 'x-mine', 'x-yours'] })
  await ask('asked', askedPort, { ALPNProtocols: ['h2'] })
  server.close()
  asked.close()
}

run(main)
