// keepAliveTimeout: what the header says, and when an idle connection is closed: after the buffer, too, and not at all
// where 'timeout' is heard.
const http = require('node:http')
const { dial, listen, log, once, run } = require('./prelude')

async function main() {
  const listener = (req, res) => res.end('hi')
  let forever
  for (const options of [
    { keepAliveTimeout: 50, keepAliveTimeoutBuffer: 0 },
    { keepAliveTimeout: 1500, keepAliveTimeoutBuffer: 0 },
    { keepAliveTimeout: 72000 },
    { keepAliveTimeout: 0 },
  ]) {
    const server = http.createServer(options, listener)
    log('server', server.keepAliveTimeout, server.keepAliveTimeoutBuffer)
    const peer = forever = await dial(await listen(server))
    peer.send('GET / HTTP/1.1\r\nHost: x\r\n\r\n')
    log('wire', await peer.until('hi'))
    if (options.keepAliveTimeout === 50) log('wire', await peer.rest())
  }

  const closed = [500, 0].map(async (keepAliveTimeoutBuffer) => {
    const server = http.createServer({ keepAliveTimeout: 50, keepAliveTimeoutBuffer }, listener)
    const peer = await dial(await listen(server))
    peer.send('GET / HTTP/1.1\r\nHost: x\r\n\r\n')
    await peer.until('hi')
    log('first closed', await peer.rest(), keepAliveTimeoutBuffer)
  })
  await Promise.all(closed)

  const heard = http.createServer({ keepAliveTimeout: 50, keepAliveTimeoutBuffer: 0 }, listener)
  const timeout = once(heard, 'timeout')
  const peer = await dial(await listen(heard))
  peer.send('GET / HTTP/1.1\r\nHost: x\r\n\r\n')
  await peer.until('hi')
  log('heard', (await timeout).destroyed)
  peer.send('GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
  log('heard', await peer.rest())
  forever.send('GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
  log('forever', await forever.rest())
}

run(main)
