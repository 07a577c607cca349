// agent.getName: the name of the pool a request's connection goes to.
const http = require('node:http')
const { log, run } = require('./prelude')

async function main() {
  const agent = new http.Agent()
  log('name', agent.getName())
  log('name', agent.getName({}))
  log('name', agent.getName({ host: 'example.com', port: 80 }))
  log('name', agent.getName({ host: 'example.com', port: 80, localAddress: '10.0.0.1' }))
  log('name', agent.getName({ port: 80, family: 6 }))
  log('name', agent.getName({ port: 80, family: 4 }))
  log('name', agent.getName({ port: 80, family: 0 }))
  log('name', agent.getName({ socketPath: '/tmp/socket' }))
  log('name', agent.getName({ host: 'h', port: 1, localAddress: 'l', family: 4, socketPath: '/s', path: '/', agent }))
  log('agent', agent.defaultPort, agent.protocol, agent.maxSockets, agent.maxTotalSockets, agent.maxFreeSockets)
  log('agent', agent.keepAlive, agent.keepAliveMsecs, agent.scheduling, agent.totalSocketCount)
  log('agent', agent.sockets, agent.freeSockets, agent.requests)
  log('global', http.globalAgent.keepAlive, http.globalAgent.options.timeout, http.globalAgent.options.scheduling)
  log('default', http.Agent.defaultMaxSockets, http.maxHeaderSize)
}

run(main)
