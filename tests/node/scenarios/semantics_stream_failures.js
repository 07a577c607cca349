// What finished() and pipeline() say of a request and a response whose client goes away.
const http = require('node:http')
const { finished, pipeline } = require('node:stream')
const { dial, gate, listen, log, run } = require('./prelude')

async function main() {
  let started, told
  const server = http.createServer((req, res) => {
    const tell = (err) => { log(req.url, err); told.open() }
    if (req.url === '/res') finished(res, tell)
    if (req.url === '/req') finished(req, tell)
    if (req.url === '/pipeline') pipeline(req, res, tell)
    started.open()
  })
  const port = await listen(server)
  for (const path of ['/res', '/req', '/pipeline']) {
    started = gate()
    told = gate()
    const peer = await dial(port)
    peer.send(`POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\npart`)
    await started
    peer.reset()
    await told
  }
}

run(main)
