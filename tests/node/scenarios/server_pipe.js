// req.pipe(res) echoes a body of any size and ends the response.
const http = require('node:http')
const { dial, listen, log, raw, run } = require('./prelude')

async function main() {
  const server = http.createServer((req, res) => {
    res.on('pipe', (source) => log('server', 'pipe', source === req))
    res.on('unpipe', (source) => log('server', 'unpipe', source === req))
    res.on('finish', () => log('server', 'finish'))
    log('server', 'chains', req.pipe(res) === res)
  })
  const port = await listen(server)
  const peer = await dial(port)
  peer.send('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\n')
  peer.send('echo')
  log('wire', await peer.until('0\r\n\r\n'))
  peer.send('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n')
  log('wire', await peer.until('0\r\n\r\n'))
  const large = 'x'.repeat(1000000)
  const echo = await raw(port, `POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 1000000\r\n\r\n${large}`)
  log('wire', echo.replaceAll(/[^x]/g, '').length, echo.slice(-5))
}

run(main)
