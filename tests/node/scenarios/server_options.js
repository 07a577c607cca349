// Options of createServer that change what is accepted: requireHostHeader, maxHeaderSize, maxHeadersCount; classes.
const http = require('node:http')
const { listen, log, raw, run } = require('./prelude')

class Request extends http.IncomingMessage {
  get path() {
    return this.url.split('?')[0]
  }
}

class Response extends http.ServerResponse {
  say(text) {
    this.end(text)
  }
}

async function main() {
  const listener = (req, res) => {
    log('request', req.url, req.rawHeaders.length)
    res.end('hi')
  }
  const hostless = await listen(http.createServer({ requireHostHeader: false }, listener))
  log('hostless', await raw(hostless, 'GET / HTTP/1.1\r\nConnection: close\r\n\r\n'))

  const small = await listen(http.createServer({ maxHeaderSize: 200 }, listener))
  for (const size of [100, 300]) {
    log('small', await raw(small, `GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX: ${'x'.repeat(size)}\r\n\r\n`))
  }

  const few = http.createServer(listener)
  few.maxHeadersCount = 3
  const fewPort = await listen(few)
  log('few', await raw(fewPort, 'GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nA: b\r\n\r\n'))
  log('few', await raw(fewPort, 'GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nA: b\r\nC: d\r\n\r\n'))

  const speak = (req, res) => {
    log('own', req.path, req instanceof http.IncomingMessage, res instanceof http.ServerResponse)
    res.say('own words')
  }

  const own = http.createServer({ IncomingMessage: Request, ServerResponse: Response }, speak)
  log('own', await raw(await listen(own), 'GET /path?query HTTP/1.0\r\n\r\n'))

  const several = http.createServer((req, res) => log('several', 'first'))
  several.on('request', (req, res) => { log('several', 'second'); res.end() })
  log('several', await raw(await listen(several), 'GET / HTTP/1.0\r\n\r\n'))
}

run(main)
