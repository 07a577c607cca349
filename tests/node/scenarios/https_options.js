// What createServer and createSecureContext refuse.
const fs = require('node:fs')
const https = require('node:https')
const tls = require('node:tls')
const { log, run } = require('./prelude')

const pem = (name) => fs.readFileSync(`${__dirname}/../certificates/${name}.pem`, 'utf8')

function code(name, make) {
  try {
    make()
    log('options', name, 'ok')
  } catch (error) {
    log('options', name, error.code)
  }
}

async function main() {
  const [cert, key, ca, encrypted] = ['localhost', 'localhost-key', 'ca', 'self-signed-key-encrypted'].map(pem)
  const attempts = {
    'a key that is a number': { key: 1 },
    'a key that is none': { key: 'x', cert },
    'a certificate that is none': { cert: 'x', key },
    'a certificate that is a number': { cert: 1, key },
    'a certificate in place of the key': { key: ca, cert },
    'the key of another': { key: pem('client-key'), cert },
    'an authority that is a number': { cert, key, ca: [1] },
    'a version that is none': { minVersion: 'x' },
    'another version that is none': { maxVersion: 'SSLv3' },
    'a method that is none': { secureProtocol: 'x' },
    'a method and a version': { secureProtocol: 'TLSv1_2_method', minVersion: 'TLSv1.2' },
    'a method': { secureProtocol: 'TLSv1_2_method' },
    'a cipher that is none': { ciphers: 'x' },
    'ciphers of the wrong type': { ciphers: 1 },
    'no ciphers': { ciphers: ':' },
    ciphers: { ciphers: 'ECDHE-RSA-AES128-GCM-SHA256:!aNULL' },
    'a curve that is none': { ecdhCurve: 'x' },
    'a curve of the wrong type': { ecdhCurve: 1 },
    'a curve': { ecdhCurve: 'P-256' },
    'a revocation list that is none': { cert, key, ca, crl: 'x' },
    'a passphrase of the wrong type': { passphrase: 1, key, cert },
    'a passphrase nobody needs': { passphrase: 'x', key, cert },
    'the right passphrase': { passphrase: 'open sesame', key: encrypted, cert: pem('self-signed') },
    'a passphrase with its key': { key: [{ pem: encrypted, passphrase: 'open sesame' }], cert: pem('self-signed') },
    'the wrong passphrase': { passphrase: 'x', key: encrypted, cert: pem('self-signed') },
    'no passphrase': { key: encrypted, cert: pem('self-signed') },
    'bytes': { key: Buffer.from(key), cert: Buffer.from(cert), ca: [Buffer.from(ca)] },
    'only a key': { key },
    'only a certificate': { cert },
  }
  for (const [name, options] of Object.entries(attempts)) {
    code(name, () => https.createServer(options))
    code(name, () => tls.createSecureContext(options))
  }
  code('a timeout of the wrong type', () => https.createServer({ handshakeTimeout: 'x' }))
  code('an SNICallback that is none', () => https.createServer({ SNICallback: 1 }))
  code('ALPN twice', () => https.createServer({ ALPNCallback() {}, ALPNProtocols: ['a'] }))
  code('options that are none', () => https.createServer('x'))
  code('a port that is none', () => https.createServer().listen(-1))
  code('a context that is none', () => tls.connect({ port: 1, secureContext: {} }))
  code('a check that is none', () => tls.connect({ port: 1, checkServerIdentity: 1 }))
  code('no Diffie-Hellman', () => tls.connect({ port: 1, minDHSize: 0 }))
  code('Diffie-Hellman in words', () => tls.connect({ port: 1, minDHSize: 'x' }))
  code('no server name', () => https.createServer().addContext('', {}))
}

run(main)
