// A large upload: write() answers false, 'drain' follows, callbacks come in order, and the whole body arrives.
const http = require('node:http')
const { body, gate, listen, log, once, run } = require('./prelude')

async function main() {
  const server = http.createServer((req, res) => {
    const chunks = []
    req.on('data', (chunk) => chunks.push(chunk))
    req.on('end', () => res.end(`got ${Buffer.concat(chunks).length}`))
  })
  const port = await listen(server)
  const block = Buffer.alloc(16 * 1024, 'x')
  const drained = gate()
  const req = http.request({ host: '127.0.0.1', port, method: 'POST', agent: false })
  req.on('finish', () => log('client', 'finish', req.writableFinished))
  const small = req.write('small', () => log('client', 'small written'))
  log('client', req.writableHighWaterMark, small)
  let sent = 5
  let more = true
  while (more) {
    more = req.write(block)
    sent += block.length
  }
  log('client', sent, req.writableNeedDrain)
  req.on('drain', () => drained.open())
  await drained
  log('client', 'drain', req.writableLength, req.writableNeedDrain)
  req.end('last', () => log('client', 'ended'))
  const res = await once(req, 'response')
  log('client', res.statusCode, await body(res))
}

run(main)
