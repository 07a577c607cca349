// Inactivity on a server: which of request, response and server are told, and that nobody told means closed.
const http = require('node:http')
const { listen, log, raw, run } = require('./prelude')

const whole = (path) => `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`
const part = (path) => `POST ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 1\r\n\r\n`

async function main() {
  const server = http.createServer((req, res) => {
    const told = (who) => () => {
      log(req.url, who, 'timeout')
      if (who === 'last') res.end('late')
    }
    if (req.url.startsWith('/told')) {
      req.on('timeout', told('req'))
      res.on('timeout', told('res'))
      server.once('timeout', told('server'))
      server.once('timeout', told('last'))
      req.socket.setTimeout(30)
    }
    if (req.url === '/complete') req.on('end', () => req.setTimeout(30, told('req'))).resume()
    if (req.url === '/response') res.setTimeout(30, told('last'))
  })
  const port = await listen(server)
  log('/told', await raw(port, part('/told/early')))
  log('/told', await raw(port, whole('/told')))
  log('/complete', await raw(port, whole('/complete')))
  log('/response', await raw(port, whole('/response')))
}

run(main)
