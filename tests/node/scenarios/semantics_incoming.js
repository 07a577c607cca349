// What 'uniqueHeaders' does to what comes in (nothing), and how trailers are joined, on both sides.
const http = require('node:http')
const { body, listen, log, once, raw, run } = require('./prelude')

const lines = ['Age', 'Cookie', 'Set-Cookie', 'X-Unique', 'Content-Type'].map((name) => `${name}: 1\r\n${name}: 2\r\n`)
const chunked = 'POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n'

async function main() {
  for (const joinDuplicateHeaders of [false, true]) {
    const listener = async (req, res) => {
      log('headers', req.headers['x-unique'])
      await body(req)
      log('trailers', req.trailers, req.trailersDistinct, req.rawTrailers)
      res.setHeader('X-Unique', ['a', 'b'])
      res.end()
    }
    const server = http.createServer({ joinDuplicateHeaders, uniqueHeaders: ['x-unique'] }, listener)
    const request = `${chunked}X-Unique: 1\r\nX-Unique: 2\r\n\r\n0\r\n${lines.join('')}\r\n`
    log('wire', await raw(await listen(server), request))
  }

  const server = http.createServer((req, res) => {
    res.write('body')
    res.addTrailers([['Age', '1'], ['Age', '2'], ['Cookie', 'a'], ['Cookie', 'b'], ['X', '1'], ['X', '2']])
    res.end()
  })
  const res = await once(http.get({ host: '127.0.0.1', port: await listen(server), agent: false }), 'response')
  await body(res)
  log('client', res.trailers, res.trailersDistinct)
}

run(main)
