// The client leaves before the answer, in the middle of it, or in the middle of its own body.
const http = require('node:http')
const { dial, gate, listen, log, run, watch } = require('./prelude')

async function main() {
  let started, closed
  const server = http.createServer((req, res) => {
    const lane = req.url
    watch(lane, 'req', req, 'aborted', 'end', 'close')
    if (lane !== '/unlistened') watch(lane, 'req', req, 'error')
    watch(lane, 'res', res, 'error', 'finish', 'close')
    if (lane === '/answering') res.write('begin')
    if (lane === '/uploading') req.once('data', started.open)
    else started.open()
    req.on('close', () => {
      log(lane, req.complete, req.aborted, req.destroyed, req.errored)
      log(lane, res.destroyed, res.errored, res.writable, res.writableFinished, res.writableEnded)
      log(lane, 'write', res.write('late', (err) => { log(lane, 'write callback', err); closed.open() }))
    })
  })
  server.on('clientError', (err) => log('server', err))
  const port = await listen(server)
  const length = 'Content-Length: 10\r\n'
  for (const [path, head] of [['/waiting', ''], ['/unlistened', ''], ['/answering', ''], ['/uploading', length]]) {
    started = gate()
    closed = gate()
    const peer = await dial(port)
    peer.send(`POST ${path} HTTP/1.1\r\nHost: x\r\n${head}\r\n${head && 'part'}`)
    if (path === '/answering') await peer.until('begin')
    await started
    peer.reset()
    await closed
  }
}

run(main)
