// res.destroy and req.destroy on the server: the connection ends without an answer, or it does not matter any more.
const http = require('node:http')
const { gate, listen, log, raw, run, watch } = require('./prelude')

const ways = {
  '/res': (req, res) => res.destroy(),
  '/res-error': (req, res) => res.destroy(new Error('mine')),
  '/req': (req, res) => req.destroy(),
  '/req-error': (req, res) => req.destroy(new Error('mine')),
  '/req-read': (req, res) => req.resume().on('end', () => { req.destroy(); res.end('still answered') }),
  '/socket': (req, res) => req.socket.destroy(),
  '/write': (req, res) => {
    res.destroy()
    log('/write', res.write('late', (err) => log('/write', err)))
  },
}

async function main() {
  let closed
  const server = http.createServer((req, res) => {
    watch(req.url, 'req', req, 'aborted', 'error', 'end', 'close')
    watch(req.url, 'res', res, 'error', 'finish', 'close')
    res.on('close', closed.open)
    ways[req.url](req, res)
    log(req.url, req.destroyed, res.destroyed, res.writableEnded)
  })
  server.on('clientError', (err) => log('server', err))
  const port = await listen(server)
  for (const path of Object.keys(ways)) {
    closed = gate()
    const head = `POST ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 4\r\n\r\n`
    log('wire', await raw(port, `${head}body`))
    await closed
  }
}

run(main)
