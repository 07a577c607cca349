// Responses before the response: writeContinue, writeProcessing, writeEarlyHints; checkContinue.
const http = require('node:http')
const { attempt, dial, gate, listen, log, raw, run } = require('./prelude')

async function main() {
  const server = http.createServer(async (req, res) => {
    res.writeContinue()
    res.writeProcessing()
    const hinted = gate()
    const hints = { link: ['</a.css>; rel=preload', '</b.js>; rel=preload'], 'X-Hint': 'yes' }
    res.writeEarlyHints(hints, () => hinted.open())
    await hinted
    res.writeEarlyHints({ link: '</c.css>; rel=preload' })
    res.writeEarlyHints({}, () => log('server', 'never'))
    res.writeInformation(110)
    attempt('server', 'bad link', () => res.writeEarlyHints({ link: 'nonsense' }))
    log('server', res.headersSent)
    res.end('final')
    attempt('server', 'continue after end', () => res.writeContinue())
    attempt('server', 'hints after end', () => res.writeEarlyHints({ link: '</c.css>; rel=preload' }))
  })
  log('wire', await raw(await listen(server), 'GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'))

  const checking = http.createServer(() => log('checking', 'request'))
  checking.on('checkContinue', (req, res) => {
    log('checking', 'checkContinue', req.url)
    if (req.url === '/yes') res.writeContinue()
    req.resume()
    req.on('end', () => res.end('answer'))
    if (req.url === '/no') res.writeHead(413).end('answer')
  })
  checking.on('checkExpectation', (req, res) => {
    log('checking', 'checkExpectation', req.headers.expect)
    res.end('answer')
  })
  const port = await listen(checking)
  const head = 'HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nExpect: '
  const peer = await dial(port)
  peer.send(`POST /yes ${head}100-continue\r\n\r\n`)
  log('checking', await peer.until('\r\n\r\n'))
  peer.send('body')
  log('checking', await peer.until('answer'))
  log('checking', await raw(port, `POST /no ${head}100-continue\r\n\r\n`))
  peer.send(`POST / ${head}magic\r\nConnection: close\r\n\r\nbody`)
  log('checking', await peer.rest())
}

run(main)
