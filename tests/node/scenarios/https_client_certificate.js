// Servers that ask clients for a certificate, and clients that have a good one, a bad one or none.
const fs = require('node:fs')
const https = require('node:https')
const { body, listen, log, run } = require('./prelude')

const pem = (name) => fs.readFileSync(`${__dirname}/../certificates/${name}.pem`, 'utf8')

async function serve(lane, options) {
  const server = https.createServer({ cert: pem('localhost'), key: pem('localhost-key'), ca: pem('ca'), requestCert: true, ...options })
  server.on('request', (req, res) => {
    const { authorized, authorizationError } = req.socket
    log(lane, 'request', authorized, authorizationError, req.socket.getPeerCertificate().subject?.CN)
    res.end('hi')
  })
  server.on('secureConnection', (socket) => log(lane, 'secureConnection', socket.authorized))
  server.on('tlsClientError', (error, socket) => log(lane, 'tlsClientError', error.code, socket.authorized, socket.authorizationError))
  return { server, port: await listen(server) }
}

async function attempt(lane, port, options) {
  const req = https.get({ host: '127.0.0.1', port, ca: pem('ca'), agent: false, ...options })
  const res = await new Promise((resolve) => req.on('response', resolve).on('error', (error) => resolve(error)))
  log(`${lane} client`, res instanceof Error ? 'error' : await body(res))
}

async function main() {
  const ann = { cert: pem('client'), key: pem('client-key') }
  const stranger = { cert: pem('self-signed'), key: pem('self-signed-key') }
  const strict = await serve('strict', {})
  await attempt('strict', strict.port, ann)
  await attempt('strict', strict.port, {})
  await attempt('strict', strict.port, stranger)
  await attempt('strict', strict.port, { ...ann, maxVersion: 'TLSv1.2' })
  await attempt('strict', strict.port, { maxVersion: 'TLSv1.2' })
  const kind = await serve('kind', { rejectUnauthorized: false })
  await attempt('kind', kind.port, ann)
  await attempt('kind', kind.port, {})
  const careless = await serve('careless', { requestCert: false })
  await attempt('careless', careless.port, ann)
  for (const { server } of [strict, kind, careless]) server.close()
}

run(main)
