// https.Agent: the names of origins, sessions that shorten handshakes, and checks of one request that share nothing.
const fs = require('node:fs')
const http = require('node:http')
const https = require('node:https')
const { attempt, body, listen, log, once, run } = require('./prelude')

const pem = (name) => fs.readFileSync(`${__dirname}/../certificates/${name}.pem`, 'utf8')

function names() {
  const agent = new https.Agent()
  log('names', agent.defaultPort, agent.protocol, agent.maxCachedSessions, new https.Agent({ maxCachedSessions: 3 }).maxCachedSessions)
  log('names', agent.getName())
  log('names', agent.getName({ host: 'a', port: 1, localAddress: 'b', family: 6 }))
  log('names', agent.getName({ host: 'a', servername: 'a', ca: 'CA', cert: Buffer.from('CERT'), key: ['K1', 'K2'], pfx: 'P' }))
  log('names', agent.getName({ host: 'a', servername: 'b', rejectUnauthorized: false, ciphers: 'C', crl: 'R', ecdhCurve: 'auto' }))
  log('names', agent.getName({ minVersion: 'TLSv1.2', maxVersion: 'TLSv1.3', secureProtocol: 'S', honorCipherOrder: true, dhparam: 'D' }))
  log('names', agent.getName({ secureOptions: 0, sessionIdContext: 'I', sigalgs: 'G', clientCertEngine: 'E', honorCipherOrder: false }))
  log('names', agent.getName({ privateKeyIdentifier: 'PI', privateKeyEngine: 'PE', rejectUnauthorized: true, servername: '' }))
  log('names', https.globalAgent.options.keepAlive, https.globalAgent.options.timeout, https.globalAgent.options.scheduling)
}

function misuse() {
  attempt('misuse', 'http URL', () => https.get('http://localhost/'))
  attempt('misuse', 'https URL', () => http.get('https://localhost/'))
  attempt('misuse', 'http agent', () => https.get({ agent: new http.Agent() }))
  attempt('misuse', 'no agent', () => https.get({ agent: 'none' }))
  attempt('misuse', 'check', () => https.get({ port: 1, checkServerIdentity: 7 }))
  attempt('misuse', 'version', () => https.get({ port: 1, minVersion: 'SSLv3' }))
}

async function main() {
  names()
  misuse()
  const server = https.createServer({ cert: pem('localhost'), key: pem('localhost-key') }, (req, res) => res.end('hi'))
  log('server', server.timeout, server.keepAliveTimeout, server.headersTimeout, server.requestTimeout, server.maxHeadersCount)
  log('server', server.maxRequestsPerSocket, server.httpAllowHalfOpen, server.allowHalfOpen, server.requestCert, server.rejectUnauthorized)
  const port = await listen(server)
  const exchange = async (lane, options) => {
    const closed = lane === 'sessions' ? { Connection: 'close' } : {}
    const res = await new Promise((resolve) => https.get({ host: '127.0.0.1', port, ca: pem('ca'), headers: closed, ...options }, resolve))
    const { socket } = res
    log(lane, res.req.reusedSocket, socket.isSessionReused(), socket.authorized, res.req.agent instanceof https.Agent)
    log(lane, socket.getPeerCertificate().subject?.CN)
    const over = lane === 'sessions' ? once(socket, 'close') : null
    await body(res)
    await over
    await new Promise(setImmediate)
  }
  const agent = new https.Agent({ keepAlive: true })
  await exchange('sessions', { agent })
  await exchange('sessions', { agent })
  await exchange('sessions', { agent, maxVersion: 'TLSv1.2' })
  await exchange('sessions', { agent, maxVersion: 'TLSv1.2' })
  await exchange('sessions', { agent, rejectUnauthorized: false, ca: undefined, servername: '' }).catch(() => {})
  const forgetful = new https.Agent({ keepAlive: true, maxCachedSessions: 0 })
  await exchange('sessions', { agent: forgetful })
  await exchange('sessions', { agent: forgetful })

  let checks = 0
  const checkServerIdentity = () => { checks++ }
  const pools = () => [agent, checking].map((each) => Object.values(each.freeSockets).flat().length)
  const checking = new https.Agent({ keepAlive: true, checkServerIdentity })
  await exchange('checks', { agent, checkServerIdentity })
  await exchange('checks', { agent, checkServerIdentity })
  log('checks', checks, pools())
  await exchange('checks', { agent })
  await exchange('checks', { agent })
  log('checks', checks, pools())
  await exchange('checks', { agent: checking })
  await exchange('checks', { agent: checking, checkServerIdentity: () => new Error('never asked') })
  log('checks', checks, pools())
  await exchange('global', { agent: undefined })
  await exchange('global', { agent: undefined })
  await exchange('global', { agent: false })
  for (const each of [agent, checking, forgetful, https.globalAgent]) each.destroy()
  server.close()
}

run(main)
