// 1xx responses: 'continue' and 'information' come before 'response'; Expect sends the head at once.
const http = require('node:http')
const { attempt, body, log, once, run, serve } = require('./prelude')

const fields = [
  'statusCode', 'statusMessage', 'httpVersion', 'httpVersionMajor', 'httpVersionMinor', 'headers', 'rawHeaders',
]

async function main() {
  const port = await serve(async (peer) => {
    log('wire', await peer.until('\r\n\r\n'))
    peer.send('HTTP/1.1 103 Early Hints\r\nLink: </a>\r\nLink: </b>\r\n\r\n')
    peer.send('HTTP/1.1 102 Processing\r\n\r\n')
    peer.send('HTTP/1.1 199 Own\r\n\r\n')
    peer.send('HTTP/1.1 100 Continue\r\n\r\n')
    log('wire', await peer.until('0\r\n\r\n'))
    peer.send('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi')
  })
  const headers = { Expect: '100-continue' }
  const req = http.request({ host: '127.0.0.1', port, method: 'POST', headers, agent: false })
  log('client', req.headersSent)
  attempt('client', 'setHeader', () => req.setHeader('X', 'y'))
  req.on('information', (info) => log('client', 'information', ...fields.map((field) => info[field])))
  req.on('continue', () => { log('client', 'continue'); req.end('body') })
  const res = await once(req, 'response')
  log('client', res.statusCode, await body(res))
}

run(main)
