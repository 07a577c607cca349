// Encrypted all the way: https through a tunnel that a proxy has opened, kept, distrusted, or not needed.
const fs = require('node:fs')
const http = require('node:http')
const https = require('node:https')
const net = require('node:net')
const { body, listen, log, once, run, tick } = require('./prelude')

const pem = (name) => fs.readFileSync(`${__dirname}/../certificates/${name}.pem`, 'utf8')

async function main() {
  const answer = (req, res) => {
    log('origin', req.url, req.headers['proxy-authorization'], req.headers.connection)
    res.end('hi')
  }
  const origin = https.createServer({ cert: pem('localhost'), key: pem('localhost-key') }, answer)
  const originPort = await listen(origin)

  // A proxy that says what it is asked and does it.
  const tunnel = (req, socket, head) => {
    log('proxy', req.method, req.headers['proxy-authorization'], req.headers['proxy-connection'], head.length)
    const target = net.connect(req.url.split(':')[1], '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n')
      socket.pipe(target).pipe(socket)
    })
    target.on('error', () => socket.destroy())
    socket.on('error', () => target.destroy())
  }

  const proxy = http.createServer().on('connect', tunnel)
  const proxyPort = await listen(proxy)

  const ask = async (lane, agent, path) => {
    const res = await once(https.get({ host: '127.0.0.1', port: originPort, agent, path }), 'response')
    log(lane, res.statusCode, res.req.reusedSocket, res.socket.authorized, String(await body(res)))
    await tick()
    await tick()
  }

  const known = { HTTPS_PROXY: `http://a:b@127.0.0.1:${proxyPort}` }
  const unknown = { HTTPS_PROXY: `http://127.0.0.1:${proxyPort}` }
  const agent = new https.Agent({ ca: pem('ca'), keepAlive: true, proxyEnv: known })
  await ask('kept', agent, '/1')
  await ask('kept', agent, '/2')
  log('kept', agent.totalSocketCount, Object.values(agent.freeSockets).map((sockets) => sockets.length))
  agent.destroy()

  const distrusting = new https.Agent({ proxyEnv: unknown })
  const err = await once(https.get({ host: '127.0.0.1', port: originPort, agent: distrusting }), 'error')
  log('distrust', err.code)

  const direct = new https.Agent({ ca: pem('ca'), proxyEnv: { ...unknown, NO_PROXY: '127.0.0.1' } })
  await ask('direct', direct, '/3')
}

run(main)
