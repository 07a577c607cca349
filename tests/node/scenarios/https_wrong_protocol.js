// Plain HTTP, and nonsense, at an HTTPS port; HTTPS at a plain port; and a peer that hangs up before it is secure.
const fs = require('node:fs')
const http = require('node:http')
const https = require('node:https')
const net = require('node:net')
const { dial, listen, log, raw, run } = require('./prelude')

const pem = (name) => fs.readFileSync(`${__dirname}/../certificates/${name}.pem`, 'utf8')
const options = { cert: pem('localhost'), key: pem('localhost-key'), handshakeTimeout: 300 }

async function main() {
  const heard = https.createServer(options, (req, res) => res.end('hi'))
  heard.on('connection', (socket) => log('heard', 'connection', typeof socket.remotePort))
  heard.on('tlsClientError', (error, socket) => log('heard', 'tlsClientError', error.code, socket.encrypted, socket.authorized))
  heard.on('clientError', (error, socket) => {
    log('heard', 'clientError', error.code, socket.encrypted)
    socket.destroy()
  })
  const unheard = https.createServer(options, (req, res) => res.end('hi'))
  for (const [lane, server] of Object.entries({ heard, unheard })) {
    const port = await listen(server)
    log(lane, await raw(port, 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'))
    log(lane, await raw(port, 'nonsense nonsense nonsense\r\n\r\n'))
    const peer = await dial(port)
    peer.end()
    log(lane, await peer.rest())
    const silent = await dial(port)
    log(lane, 'silent', await silent.rest())
    const [error] = await new Promise((resolve) => http.get({ host: '127.0.0.1', port }).on('error', (...args) => resolve(args)))
    log(lane, error)
    server.close()
  }

  const fails = async (lane, request) => {
    const error = await new Promise((resolve) => request.on('error', resolve))
    log(lane, error.code, error.syscall, error.code === 'ECONNRESET' ? error.message : '', error.host)
  }
  const plain = http.createServer((req, res) => res.end('hi'))
  await fails('plain', https.get({ host: '127.0.0.1', port: await listen(plain) }))
  plain.close()
  const closing = net.createServer((socket) => socket.end())
  await fails('closing', https.get({ host: '127.0.0.1', port: await listen(closing) }))
  closing.close()
}

run(main)
