// headersTimeout and requestTimeout: a head or a body that does not come gets 408; a slow handler does not.
const http = require('node:http')
const { dial, listen, log, raw, run, sleep } = require('./prelude')

async function main() {
  const options = { headersTimeout: 60, requestTimeout: 120, connectionsCheckingInterval: 20 }
  const server = http.createServer(options, async (req, res) => {
    log('server', 'request', req.url)
    req.on('aborted', () => log('server', 'aborted', req.url))
    req.on('error', () => {})
    if (req.url === '/slow') await sleep(200)
    if (req.url !== '/body') res.end('done')
  })
  log('server', server.headersTimeout, server.requestTimeout, server.timeout, server.keepAliveTimeout)
  const port = await listen(server)
  log('silent', await raw(port, ''))
  log('head', await raw(port, 'GET / HTTP/1.1\r\nHost:'))
  log('body', await raw(port, 'POST /body HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\npart'))
  log('slow', await raw(port, 'GET /slow HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'))
  server.on('clientError', (err, socket) => {
    log('server', 'clientError', err)
    socket.destroy()
  })
  const peer = await dial(port)
  peer.send('GET / HTTP/1.1\r\nHost:')
  log('own', await peer.rest())
}

run(main)
