// A host that does not exist: socket, error, close.
const http = require('node:http')
const { log, once, run, watch } = require('./prelude')

async function main() {
  for (const host of ['not a host', 'a..b']) { // names that no name server has to be asked about
    const req = http.get({ host, port: 80, agent: false })
    watch(host, 'req', req, 'socket', 'finish', 'response', 'error', 'close')
    req.on('error', (err) => log(host, err.syscall, err.hostname))
    await once(req, 'close')
    log(host, req.destroyed)
  }
}

run(main)
