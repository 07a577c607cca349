// A response that comes before the request's body is complete; then the connection ends, or the upload goes on.
const http = require('node:http')
const { gate, log, once, run, serve, watch } = require('./prelude')

async function main() {
  const heard = gate()
  const port = await serve(async (peer) => {
    const head = await peer.until('\r\n\r\n')
    await peer.until('begin')
    if (head.includes('/refused')) {
      peer.send('HTTP/1.1 413 Payload Too Large\r\nConnection: close\r\nContent-Length: 2\r\n\r\nno')
      return peer.end()
    }
    peer.send('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')
    heard.open(await peer.until('end'))
  })
  await upload('/refused', port)
  await upload('/accepted', port)
  log('wire', await heard)
}

async function upload(lane, port) {
  const ended = gate()
  const closed = gate()
  const agent = new http.Agent({ keepAlive: true })
  agent.on('free', () => log(lane, 'free'))
  const freed = once(agent, 'free')
  const req = http.request({ host: '127.0.0.1', port, path: lane, method: 'POST', agent })
  req.setHeader('Content-Length', 8)
  watch(lane, 'req', req, 'finish', 'error', 'close')
  req.on('close', closed.open)
  req.on('response', (res) => {
    log(lane, 'response', res.statusCode, req.writableFinished)
    watch(lane, 'res', res, 'end', 'close', 'error')
    res.on(lane === '/refused' ? 'close' : 'end', ended.open)
    res.resume()
  })
  req.write('begin')
  await ended
  if (lane === '/refused') {
    await closed
    const failed = gate()
    log(lane, req.write('end', (err) => { log(lane, err); failed.open() }), req.destroyed)
    await failed
  } else {
    req.end('end')
    await freed
    log(lane, req.writableFinished, req.destroyed)
  }
}

run(main)
