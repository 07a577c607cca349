// Requests and responses over TLS, what both ends know of each other, and a connection kept for the next request.
const fs = require('node:fs')
const https = require('node:https')
const { body, listen, log, run } = require('./prelude')

const pem = (name) => fs.readFileSync(`${__dirname}/../certificates/${name}.pem`, 'utf8')

function facts(lane, socket) {
  log(lane, socket.encrypted, socket.authorized, socket.authorizationError, socket.alpnProtocol, socket.servername)
  log(lane, socket.getProtocol(), socket.getCipher(), socket.isSessionReused(), socket.secureConnecting)
}

function certificate(lane, cert) {
  log(lane, cert.subject, cert.issuer, cert.subjectaltname ?? null, cert.valid_from, cert.valid_to)
  log(lane, cert.fingerprint, cert.fingerprint256, cert.fingerprint512, cert.serialNumber, cert.raw.length)
}

async function main() {
  const server = https.createServer({ cert: pem('localhost'), key: pem('localhost-key') }, (req, res) => {
    facts('server', req.socket)
    log('server', req.socket.getPeerCertificate())
    body(req).then((text) => res.end(`${req.method} ${req.url} ${req.headers.host.split(':')[0]} ${text}`))
  })
  const port = await listen(server)
  const agent = new https.Agent({ keepAlive: true, ca: pem('ca') })
  const exchange = async (options, text) => {
    const res = await new Promise((resolve) => https.request({ port, agent, ...options }, resolve).end(text))
    log('client', res.statusCode, res.req.reusedSocket, res.req.protocol, res.req.host)
    facts('client', res.socket)
    const cert = res.socket.getPeerCertificate(true)
    log('client', await body(res))
    return cert
  }
  const cert = await exchange({ host: '127.0.0.1', path: '/first' })
  certificate('certificate', cert)
  certificate('issuer', cert.issuerCertificate)
  log('issuer', cert.issuerCertificate.issuerCertificate === cert.issuerCertificate)
  await exchange({ host: '127.0.0.1', path: '/second', method: 'POST' }, 'hello')
  await exchange({ host: 'localhost', path: '/named', method: 'PUT', family: 4 }, 'x'.repeat(100_000))
  await exchange({ host: '127.0.0.1', path: '/old', maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES128-GCM-SHA256' })
  await exchange({ host: '127.0.0.1', path: '/alpn', agent: false, ca: pem('ca'), ALPNProtocols: ['http/1.1'] })
  agent.destroy()
  server.close()
}

run(main)
