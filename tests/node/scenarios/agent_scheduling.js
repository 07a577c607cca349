// Which idle connection is taken: the last one freed (lifo) or the first (fifo); and how many are kept.
const http = require('node:http')
const { gate, log, run, serve } = require('./prelude')

async function main() {
  await use('lifo', { keepAlive: true, scheduling: 'lifo' })
  await use('fifo', { keepAlive: true, scheduling: 'fifo' })
  await use('keep one', { keepAlive: true, maxFreeSockets: 1 })
}

async function use(lane, options) {
  const waiting = {}
  const port = await serve(async (peer) => {
    for (let head; (head = await peer.until('\r\n\r\n')) !== '<closed>';) waiting[head.split(' ')[1]].open(peer)
  })
  const agent = new http.Agent(options)
  const name = agent.getName({ host: '127.0.0.1', port })
  const order = []

  const get = async (path) => {
    waiting[path] = gate()
    const closed = gate()
    const req = http.get({ host: '127.0.0.1', port, path, agent }, (res) => {
      if (!order.includes(req.socket.localPort)) order.push(req.socket.localPort)
      log(lane, path, order.indexOf(req.socket.localPort), req.reusedSocket)
      res.resume()
      res.on('close', closed.open)
    })
    return [await waiting[path], closed]
  }

  const finish = async (peer, closed) => {
    peer.send('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n')
    await closed
  }

  const first = await get('/first')
  const second = await get('/second')
  await finish(...first)
  await finish(...second)
  log(lane, agent.freeSockets[name].length)
  const third = await get('/third')
  const fourth = await get('/fourth')
  await finish(...third)
  await finish(...fourth)
}

run(main)
