// createConnection: of an agent, in the options of a request without agent, and one that fails.
const http = require('node:http')
const { answer, log, once, run, serve, watch } = require('./prelude')

async function main() {
  const port = await serve(answer('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'))
  const agent = new http.Agent({ keepAlive: true })
  const original = agent.createConnection

  const replaced = (...args) => {
    log('agent', 'createConnection', args[0].port, args[0].host)
    return original.call(agent, { port, host: '127.0.0.1' })
  }

  agent.createConnection = replaced
  await ask('agent', 'close', { host: 'nowhere.invalid', port: 1, agent })
  await ask('agent', 'close', { host: 'nowhere.invalid', port: 1, agent })

  const connect = (options, oncreate) => {
    log('option', 'createConnection', options.host, options.port)
    return http.globalAgent.createConnection({ port, host: '127.0.0.1' })
  }

  const fail = (options, oncreate) => {
    throw new Error('no connection')
  }

  const failLater = (options, oncreate) => {
    oncreate(new Error('later'))
  }

  await ask('option', 'close', { host: 'nowhere.invalid', port: 1, createConnection: connect })
  await ask('failing', 'error', { host: 'nowhere.invalid', port: 1, createConnection: fail })
  await ask('callback', 'error', { host: 'nowhere.invalid', port: 1, createConnection: failLater })
}

async function ask(lane, ending, options) {
  const req = http.get(options)
  watch(lane, 'req', req, ending)
  req.on('response', (res) => { log(lane, res.statusCode, req.reusedSocket); res.resume() })
  await once(req, ending)
}

run(main)
