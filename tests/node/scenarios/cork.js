// cork() gathers what is written into one chunk; writableCorked counts.
const http = require('node:http')
const { listen, log, raw, run } = require('./prelude')

async function main() {
  const server = http.createServer((req, res) => {
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
  log('wire', await raw(await listen(server), 'GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'))
}

run(main)
