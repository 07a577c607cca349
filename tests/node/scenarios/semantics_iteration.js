// A request iterated: left early it is destroyed, and can still be answered; cut short it raises.
const http = require('node:http')
const { dial, gate, listen, log, run, tick } = require('./prelude')

async function main() {
  const started = gate()
  const failed = gate()
  const server = http.createServer(async (req, res) => {
    if (req.url !== '/cut') {
      for await (const chunk of req) {
        log('early', chunk)
        break
      }
      await tick()
      log('early', req.destroyed, req.aborted, req.complete, req.socket === null, res.socket.destroyed)
      return res.end('answered')
    }
    try {
      for await (const chunk of req) {
        log('cut', chunk)
        started.open()
      }
    } catch (error) {
      log('cut', error, req.aborted, req.complete)
      failed.open()
    }
  })
  const port = await listen(server)
  const early = await dial(port)
  early.send('POST /early HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nbody')
  log('early', await early.until('answered'))
  early.send('POST /early HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nmore')
  log('early', await early.until('answered'))
  early.send('POST /later HTTP/1.1\r\nHost: x\r\nContent-Length: 8\r\n\r\nhalf')
  log('early', await early.until('answered'))
  early.send('rest')
  early.send('POST /early HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nlast')
  log('early', await early.until('answered'))
  const cut = await dial(port)
  cut.send('POST /cut HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\npart')
  await started
  cut.reset()
  await failed
}

run(main)
