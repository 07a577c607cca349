// 'timeout' comes once on a request, every time on its response; who listens for it, and how it is called off.
const http = require('node:http')
const { gate, log, once, run, serve, watch } = require('./prelude')

async function main() {
  const arrived = {}
  const port = await serve(async (peer) => {
    for (let head; (head = await peer.until('\r\n\r\n')) !== '<closed>';) arrived[head.split(' ')[1]]?.open(peer)
  })

  const ask = (path, options) => {
    arrived[path] = gate()
    const req = http.get({ host: '127.0.0.1', port, path, agent: false, ...options })
    watch(path, 'req', req, 'timeout', 'error', 'close')
    return req
  }

  const body = ask('/body', { timeout: 50 })
  const bodyTimedOut = once(body, 'timeout')
  const half = await arrived['/body']
  half.send('HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nh')
  const res = await once(body, 'response')
  watch('/body', 'res', res, 'timeout')
  const resTimedOut = once(res, 'timeout')
  res.resume()
  await bodyTimedOut
  await resTimedOut
  half.send('i')
  await once(res, 'timeout')
  half.send('j')
  await once(body, 'close')
  log('/body', body.timeout)

  const unheard = ask('/unheard', {})
  const socket = await once(unheard, 'socket')
  const timedOut = once(socket, 'timeout')
  socket.setTimeout(30)
  await timedOut
  unheard.destroy()
  await once(unheard, 'close')

  const cleared = ask('/cleared', { timeout: 4000 })
  log('/cleared', cleared.timeout, cleared.clearTimeout(() => log('/cleared', 'never')))
  await once(cleared, 'socket')
  await arrived['/cleared']
  log('/cleared', cleared.socket.timeout)
  cleared.destroy()
  await once(cleared, 'close')

  const agent = new http.Agent({ keepAlive: true, maxSockets: 1, timeout: 5000 })
  const first = ask('/first', { agent, timeout: 4000 })
  const second = ask('/second', { agent })
  const peer = await arrived['/first']
  log('/first', first.socket.timeout)
  first.on('response', (each) => each.resume())
  second.on('response', (each) => each.resume())
  peer.send('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n')
  await arrived['/second']
  log('/second', second.reusedSocket)
  const free = once(agent, 'free')
  peer.send('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n')
  const freed = await free
  log('/second', freed.timeout, second.setTimeout(1) === second, freed.timeout)
  agent.destroy()
}

run(main)
