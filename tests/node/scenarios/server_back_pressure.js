// write() answers false when 64 KiB wait; 'drain' comes when all of it has left, and nothing is lost.
const http = require('node:http')
const { dial, listen, log, run } = require('./prelude')

async function main() {
  const block = Buffer.alloc(16 * 1024, 'x')
  const server = http.createServer((req, res) => {
    log('server', res.writableHighWaterMark, res.writableLength, res.writableNeedDrain)
    log('server', 'small', res.write('small'), res.writableNeedDrain)
    while (res.write(block)) log('server', 'block', true)
    log('server', 'block', false, res.writableNeedDrain)
    res.once('drain', () => {
      log('server', 'drain', res.writableLength, res.writableNeedDrain)
      res.end('.')
    })
  })
  const peer = await dial(await listen(server))
  peer.send('GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
  const received = await peer.rest()
  log('wire', received.slice(0, received.indexOf('xx')), received.length, received.slice(-20))
}

run(main)
