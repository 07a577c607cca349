// Nobody listens there: socket, error, close; and what the error says.
const http = require('node:http')
const { listen, log, once, run, watch } = require('./prelude')

async function main() {
  const server = http.createServer()
  const port = await listen(server)
  server.close()
  await once(server, 'close')
  const agents = { agent: new http.Agent(), kept: new http.Agent({ keepAlive: true }), none: false }
  for (const [lane, agent] of Object.entries(agents)) {
    const req = http.get({ host: '127.0.0.1', port, agent })
    watch(lane, 'req', req, 'socket', 'finish', 'response', 'error', 'close')
    req.on('error', (err) => log(lane, err.syscall, err.address, err.port === port))
    await once(req, 'close')
    log(lane, req.destroyed, req.errored, req.aborted)
  }
}

run(main)
