// A connection that is no socket but any duplex stream: from an agent, from the option, kept, destroyed, broken.
const http = require('node:http')
const { Duplex } = require('node:stream')
const { gate, log, once, run, watch } = require('./prelude')

class Line extends Duplex { // answers each request itself
  constructor(answer) {
    super()
    this.answer = answer
    this.told = ''
  }

  _read() {}

  _write(chunk, encoding, callback) {
    this.told += chunk.toString('latin1')
    callback()
    if (this.told.endsWith('\r\n\r\n')) {
      log('wire', this.told)
      this.told = ''
      this.answer(this)
    }
  }

  _final(callback) {
    this.push(null)
    callback()
  }
}

const whole = (line) => line.push('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi')

async function main() {
  const agent = new http.Agent({ keepAlive: true })
  agent.createConnection = () => new Line(whole)
  agent.keepSocketAlive = () => true
  agent.reuseSocket = (socket, req) => { req.reusedSocket = true }
  await ask('kept', { agent })
  await ask('kept', { agent })
  log('kept', Object.values(agent.freeSockets).map((sockets) => sockets.length), agent.totalSocketCount)
  agent.destroy()

  const calling = new http.Agent()
  calling.createConnection = (options, callback) => { setImmediate(callback, null, new Line(whole)) }
  await ask('calling', { agent: calling })
  await ask('option', { createConnection: () => new Line(whole) })
  await ask('cut', { createConnection: () => new Line((line) => line.push(null)) })
  await ask('short', { createConnection: () => new Line((line) => { line.push('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhi'); line.push(null) }) })
  await ask('garbage', { createConnection: () => new Line((line) => line.push('nonsense\r\n\r\n')) })
  await ask('broken', { createConnection: () => new Line((line) => line.destroy(new Error('mine'))) })
}

async function ask(lane, options) {
  const closed = gate()
  const req = http.get({ host: 'nowhere.invalid', ...options })
  watch(lane, 'req', req, 'error', 'close')
  req.on('socket', () => log(lane, 'socket', req.reusedSocket))
  req.on('response', (res) => {
    watch(`${lane} res`, 'res', res, 'aborted', 'end', 'error')
    log(lane, res.statusCode)
    res.resume()
  })
  req.on('close', closed.open)
  await closed
}

run(main)
