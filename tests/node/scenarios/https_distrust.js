// Servers that a client does not trust: who signed them, whom they name, when they end; and who trusts anybody.
const fs = require('node:fs')
const https = require('node:https')
const tls = require('node:tls')
const { body, listen, log, once, run } = require('./prelude')

const pem = (name) => fs.readFileSync(`${__dirname}/../certificates/${name}.pem`, 'utf8')

async function main() {
  const ports = {}
  const servers = ['localhost', 'self-signed', 'expired', 'revoked', 'example'].map((name) => {
    const server = https.createServer({ cert: pem(name), key: pem(`${name}-key`) }, (req, res) => res.end('secret'))
    server.on('tlsClientError', (error) => log(name, 'server', error.code))
    server.on('clientError', (error, socket) => { log(name, 'clientError', error.code); socket.destroy() })
    return { name, server }
  })
  for (const { name, server } of servers) ports[name] = await listen(server)

  const attempt = async (name, options) => {
    const req = https.get({ host: '127.0.0.1', port: ports[name], agent: false, ...options })
    const res = await new Promise((resolve) => req.on('response', resolve).on('error', (error) => {
      log(name, error.code, error.reason, error.host, error.cert?.subject)
      resolve()
    }))
    if (!res) return
    log(name, res.socket.authorized, res.socket.authorizationError, res.socket.servername, await body(res))
  }
  const ca = pem('ca')
  await attempt('localhost', {})
  await attempt('localhost', { ca })
  await attempt('localhost', { ca, host: 'localhost', family: 4 })
  await attempt('localhost', { ca, servername: 'example.org' })
  await attempt('localhost', { ca, headers: { host: 'example.org:443' } })
  await attempt('localhost', { ca, servername: '' })
  await attempt('localhost', { rejectUnauthorized: false })
  await attempt('localhost', { rejectUnauthorized: false, ca })
  await attempt('localhost', { rejectUnauthorized: false, ca, servername: 'example.org' })
  await attempt('localhost', { rejectUnauthorized: false, ca: pem('self-signed') })
  await attempt('self-signed', { ca })
  await attempt('self-signed', { ca: pem('self-signed'), servername: 'localhost' })
  await attempt('self-signed', { rejectUnauthorized: false })
  await attempt('expired', { ca })
  await attempt('expired', { ca, rejectUnauthorized: false })
  await attempt('revoked', { ca })
  await attempt('revoked', { ca, crl: pem('crl') })
  await attempt('revoked', { ca, crl: [pem('crl')], rejectUnauthorized: false })
  await attempt('localhost', { ca, crl: pem('crl') })
  await attempt('example', { ca, servername: 'www.example.com' })
  await attempt('example', { ca, servername: 'a.b.example.com' })
  await attempt('example', { ca, servername: 'EXAMPLE.org' })

  const check = (answer) => (host, cert) => {
    log('check', host, cert.subject, cert.subjectaltname, cert.issuerCertificate.subject)
    return answer
  }
  await attempt('example', { ca, checkServerIdentity: check(undefined) })
  await attempt('example', { ca, checkServerIdentity: check(Object.assign(new Error('no'), { code: 'MINE' })) })
  await attempt('example', { ca, checkServerIdentity: check(Object.assign(new Error('no'), { code: 'MINE' })), rejectUnauthorized: false })

  const cert = { subject: { CN: 'cn.example' }, subjectaltname: 'DNS:*.example.com, DNS:f*o.example.com, IP Address:10.0.0.1, DNS:"a, b"' }
  for (const host of ['www.example.com', 'fo.example.com', 'x.y.example.com', '10.0.0.1', '10.0.0.2', 'cn.example', 'example.com.']) {
    log('identity', host, tls.checkServerIdentity(host, cert)?.reason)
  }
  for (const host of ['cn.example', 'CN.example.', 'www.cn.example']) {
    log('identity', host, tls.checkServerIdentity(host, { subject: cert.subject })?.reason)
  }
  log('identity', tls.checkServerIdentity('a.example', { subject: {} }))
  for (const { server } of servers) server.close()
}

run(main)
