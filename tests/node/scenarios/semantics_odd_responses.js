// What a parse error tells; two responses to one request; a 101 that switches nothing; nobody hears of a tunnel.
const http = require('node:http')
const { gate, hangup, log, run, serve, watch } = require('./prelude')

const replies = {
  'garbage': 'garbage\r\n\r\n',
  'bad header': 'HTTP/1.1 200 OK\r\nBad Name: x\r\n\r\n',
  'bad chunk': 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\nz\r\n',
  'twice': 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi'.repeat(2),
  'no upgrade': 'HTTP/1.1 101 Switching\r\nContent-Length: 2\r\n\r\n',
}

async function main() {
  for (const [lane, reply] of Object.entries(replies)) await ask(lane, 'GET', reply)
  await ask('tunnel', 'CONNECT', 'HTTP/1.1 200 OK\r\n\r\n')
}

async function ask(lane, method, reply) {
  const closed = gate()
  const req = http.request({ host: '127.0.0.1', port: await serve(hangup(reply)), method, path: 'x:1', agent: false })
  watch(lane, 'req', req, 'finish', 'error', 'close')
  req.on('error', (err) => log(lane, err.reason ?? null, err.bytesParsed ?? null, err.rawPacket ?? null))
  req.on('response', (res) => {
    log(lane, res.statusCode)
    watch(lane, 'res', res, 'aborted', 'end', 'error', 'close')
    res.resume().on('close', closed.open)
  })
  req.on('close', () => (req.res && method === 'GET' ? null : closed.open()))
  req.end()
  await closed
}

run(main)
