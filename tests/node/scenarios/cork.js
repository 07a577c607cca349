// cork() gathers what is written into one chunk, but for the write that sends the head; writableCorked counts.
const http = require('node:http')
const { listen, log, raw, run } = require('./prelude')

async function main() {
  const server = http.createServer((req, res) => {
    if (req.url === '/head') {
      res.cork()
      for (const text of ['with head', 'a', 'b']) res.write(text)
      res.uncork()
      return res.end()
    }
    res.write('first')
    res.cork()
    res.write('a')
    res.write('b')
    res.cork()
    log('server', res.writableCorked)
    res.uncork()
    log('server', res.writableCorked)
    res.write('c')
    res.uncork()
    res.write('last')
    res.end()
  })
  const port = await listen(server)
  for (const path of ['/', '/head']) {
    log('wire', await raw(port, `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`))
  }
}

run(main)
