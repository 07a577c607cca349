// After setEncoding 'data' carries text; a character that arrives in two pieces comes out whole.
const http = require('node:http')
const { dial, gate, listen, log, run } = require('./prelude')

async function main() {
  let arrived
  const server = http.createServer((req, res) => {
    log('server', req.readableEncoding, req.setEncoding(req.url.slice(1)) === req, req.readableEncoding)
    req.on('data', (text) => {
      log(req.url, text)
      arrived.open()
    })
    req.on('end', () => {
      log(req.url, 'end')
      res.end('done')
    })
  })
  const peer = await dial(await listen(server))
  const euro = '\xe2\x82\xac'
  for (const [encoding, ...pieces] of [
    ['utf8', `a${euro.slice(0, 1)}`, `${euro.slice(1)}b`],
    ['utf8', `a${euro.slice(0, 2)}`, euro.slice(2)],
    ['utf8', 'a', euro.slice(0, 2)],
    ['utf8', 'a', '\xff!'],
    ['latin1', 'a\xe9', '\xff'],
    ['hex', 'a\xe9', '\xff'],
    ['base64', 'abcd', 'ef'],
  ]) {
    arrived = gate()
    const length = pieces.join('').length
    peer.send(`POST /${encoding} HTTP/1.1\r\nHost: x\r\nContent-Length: ${length}\r\n\r\n${pieces[0]}`)
    await arrived
    peer.send(pieces[1])
    await peer.until('done')
  }
}

run(main)
