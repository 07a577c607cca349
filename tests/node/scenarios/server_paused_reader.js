// pause() holds the body back, resume() lets it come; isPaused and readableFlowing tell.
const http = require('node:http')
const { dial, gate, listen, log, run, tick, watch } = require('./prelude')

async function main() {
  const paused = gate()
  let request
  const server = http.createServer((req, res) => {
    request = req
    let size = 0
    log('server', req.isPaused(), req.readableFlowing, req.readableHighWaterMark)
    watch('server', 'req', req, 'pause', 'resume', 'end', 'close')
    req.on('data', (chunk) => {
      size += chunk.length
      if (size > 5) return
      req.pause()
      log('server', 'data', chunk, req.isPaused(), req.readableFlowing)
      paused.open()
    })
    req.on('end', () => {
      log('server', size)
      res.end('thanks')
    })
    log('server', req.isPaused(), req.readableFlowing)
  })
  const peer = await dial(await listen(server))
  peer.send('POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 3000005\r\n\r\nfirst')
  await paused
  peer.send('x'.repeat(3000000))
  for (let turn = 0; turn < 20; turn++) await tick()
  log('server', 'still', request.isPaused(), request.readableFlowing, request.complete)
  request.resume()
  log('wire', await peer.rest())
}

run(main)
