// agent.destroy(): idle connections go, requests in flight fail, queued ones get a new connection. And a queued
// request that is destroyed gives up its place.
const http = require('node:http')
const { gate, log, run, serve, watch } = require('./prelude')

async function main() {
  const arrived = { '/1': gate(), '/2': gate(), '/3': gate(), '/4': gate() }
  const port = await serve(async (peer) => {
    for (let head; (head = await peer.until('\r\n\r\n')) !== '<closed>';) arrived[head.split(' ')[1]].open(peer)
  })
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 })

  const get = (path) => {
    const closed = gate()
    const req = http.get({ host: '127.0.0.1', port, path, agent })
    watch(path, 'req', req, 'socket', 'error', 'close')
    req.on('response', (res) => { log(path, 'response'); res.resume() })
    req.on('close', closed.open)
    return [req, closed]
  }

  const [, firstClosed] = get('/1')
  const [, secondClosed] = get('/2')
  const [third, thirdClosed] = get('/3')
  const [, fourthClosed] = get('/4')
  await arrived['/1']
  third.destroy()
  agent.destroy()
  await firstClosed
  const second = await arrived['/2']
  second.send('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n')
  await secondClosed
  const fourth = await arrived['/4']
  log('agent', fourth === second)
  fourth.send('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n')
  await fourthClosed
  await thirdClosed
}

run(main)
