// A server and a request over a Unix domain socket.
const http = require('node:http')
const fs = require('node:fs')
const os = require('node:os')
const path = require('node:path')
const { body, log, once, run } = require('./prelude')

async function main() {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'httpkit-'))
  const socketPath = path.join(folder, 'socket')
  const server = http.createServer((req, res) => {
    log('server', req.url, req.headers, req.socket.remoteAddress)
    res.end('hi')
  })
  const listening = once(server, 'listening')
  server.listen(socketPath)
  await listening
  log('server', server.address() === socketPath)
  const agent = new http.Agent({ keepAlive: true })
  const res = await once(http.get({ socketPath, path: '/x', agent }), 'response')
  log('client', res.statusCode, await body(res))
  log('client', Object.keys(agent.sockets).concat(Object.keys(agent.freeSockets))[0] === `localhost:80::${socketPath}`)
  agent.destroy()
  const closed = once(server, 'close')
  server.close()
  await closed
  log('server', fs.existsSync(socketPath))
  const req = http.get({ socketPath, agent: false })
  const err = await once(req, 'error')
  log('client', err.code, err.syscall, err.address === socketPath)
  fs.rmdirSync(folder)
}

run(main)
