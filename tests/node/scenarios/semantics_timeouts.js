// Who is timed out while it sends its request, and who is not; which limits go together.
const http = require('node:http')
const { attempt, dial, listen, log, run } = require('./prelude')

const limits = { headersTimeout: 300, requestTimeout: 600, connectionsCheckingInterval: 20 }

async function main() {
  const server = http.createServer(limits, (req, res) => {
    if (req.url === '/begun') {
      res.on('close', () => log('begun', 'close', res.writableFinished))
      req.on('aborted', () => log('begun', 'aborted'))
      return res.write('begun')
    }
    res.end('hi')
  })
  const port = await listen(server)
  const idle = await dial(port)
  idle.send('GET / HTTP/1.1\r\nHost: x\r\n\r\n')
  log('idle', await idle.until('hi'))
  const half = await dial(port)
  half.send('GET / HTTP/1.1\r\nHost: x\r\n\r\n')
  log('half', await half.until('hi'))
  half.send('GET /again HTTP/1.1\r\nHo')
  log('half', await half.rest())
  const begun = await dial(port)
  begun.send('POST /begun HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\npart')
  log('begun wire', await begun.rest())
  idle.send('GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
  log('idle', await idle.rest())

  const create = (options) => {
    const { headersTimeout, requestTimeout, connectionsCheckingInterval } = http.createServer(options)
    log('options', headersTimeout, requestTimeout, connectionsCheckingInterval)
  }
  attempt('options', 'defaults', () => create({}))
  attempt('options', 'short request', () => create({ requestTimeout: 1000 }))
  attempt('options', 'no request', () => create({ requestTimeout: 0 }))
  attempt('options', 'no limit, head', () => create({ requestTimeout: 0, headersTimeout: 5 }))
  attempt('options', 'long head', () => create({ requestTimeout: 1000, headersTimeout: 1001 }))
  attempt('options', 'long head alone', () => create({ headersTimeout: 300001 }))
}

run(main)
