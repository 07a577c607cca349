// Options of a request that are for its connection: through an agent, and what they do.
const http = require('node:http')
const net = require('node:net')
const { attempt, body, gate, listen, log, run } = require('./prelude')

async function main() {
  const server = http.createServer((req, res) => {
    log('server', req.headers.host.split(':')[0], req.socket.remoteAddress)
    res.end('hi')
  })
  const port = await listen(server)

  const ask = async (lane, options) => {
    const done = gate()
    let attempts = 0
    const req = http.get({ host: 'name.invalid', port, agent: false, ...options })
    req.on('socket', (socket) => {
      socket.on('lookup', (err, address, family, host) => log(lane, 'lookup', err ? err.code : null, address, family, host))
      socket.on('connectionAttempt', () => { attempts++ })
    })
    req.on('error', (err) => { log(lane, err.code); done.open() })
    req.on('response', async (res) => {
      log(lane, res.statusCode, String(await body(res)))
      done.open()
    })
    await done
    log(lane, attempts, req.reusedSocket)
  }

  const lookup = (host, options, callback) => {
    log('resolver', host, options.family ?? null, options.all)
    const found = { address: '127.0.0.1', family: 4 }
    setImmediate(callback, null, ...(options.all ? [[found]] : [found.address, found.family]))
  }

  const nothing = (host, options, callback) => setImmediate(callback, Object.assign(new Error('nothing'), { code: 'ENOTHING' }))

  const blockList = new net.BlockList()
  blockList.addAddress('127.0.0.1')
  const agent = new http.Agent({ keepAlive: true, lookup })

  await ask('lookup', { lookup })
  await ask('family', { lookup, family: 4 })
  await ask('one', { lookup, autoSelectFamily: false })
  await ask('failed', { lookup: nothing })
  await ask('local', { host: '127.0.0.1', localAddress: '127.0.0.2' })
  await ask('blocked', { host: '127.0.0.1', blockList })
  await ask('blocked name', { lookup, blockList })
  await ask('agent', { agent })
  await ask('agent', { agent })
  agent.destroy()

  const refused = (name, options) => attempt('refused', name, () => http.get({ port, agent: false, ...options }).on('error', () => {}))
  refused('localAddress', { localAddress: 'x' })
  refused('localPort', { localPort: 'x' })
  refused('autoSelectFamily', { autoSelectFamily: 'x' })
  refused('autoSelectFamilyAttemptTimeout', { autoSelectFamilyAttemptTimeout: 0 })
  refused('lookup', { host: 'name.invalid', lookup: 5 })
  refused('agent timeout', { agent: new http.Agent({ timeout: 'x' }) })
}

run(main)
