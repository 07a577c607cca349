// Pipelined requests with bodies; a later answer is written while an earlier one still streams.
const http = require('node:http')
const { dial, gate, listen, log, run } = require('./prelude')

async function main() {
  const ready = gate()
  const answers = {}
  const server = http.createServer((req, res) => {
    const chunks = []
    answers[req.url] = res
    req.on('data', (chunk) => chunks.push(chunk))
    req.on('end', () => {
      log(req.url, 'body', Buffer.concat(chunks))
      if (req.url === '/3') ready.open()
    })
    res.on('drain', () => log(req.url, 'drain'))
    res.on('finish', () => log(req.url, 'finish'))
  })
  const peer = await dial(await listen(server))
  peer.send('POST /1 HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\none')
  peer.send('POST /2 HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\ntwo\r\n0\r\n\r\n')
  peer.send('HEAD /3 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
  await ready
  const { '/1': first, '/2': second, '/3': third } = answers
  log('order', 'third', third.write('head has no body'), third.end() === third)
  log('order', 'second', second.write('small'), second.write('x'.repeat(100000)), second.writableNeedDrain)
  log('order', 'first', first.write('begin'))
  log('wire', await peer.until('begin\r\n'))
  first.end('end')
  log('wire', await peer.until('small\r\n'))
  second.end('.')
  const rest = await peer.rest()
  log('wire', rest.replace('x'.repeat(100000), '<100000 x>'))
}

run(main)
