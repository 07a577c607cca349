// What the header methods answer, before and after the head is written.
const http = require('node:http')
const { attempt, listen, log, raw, run } = require('./prelude')

function look(lane, res) {
  log(lane, 'getHeaders', res.getHeaders())
  log(lane, 'getHeaderNames', res.getHeaderNames())
  log(lane, 'getRawHeaderNames', res.getRawHeaderNames())
  log(lane, 'getHeader', res.getHeader('x-NUMBER'), res.getHeader('X-List'), res.getHeader('Missing'))
  log(lane, 'hasHeader', res.hasHeader('x-NUMBER'), res.hasHeader('Missing'))
  log(lane, 'headersSent', res.headersSent)
}

async function main() {
  const server = http.createServer((req, res) => {
    look('empty', res)
    log('set', 'chains', res.setHeader('X-Number', 7) === res)
    res.setHeader('X-Text', 'text').setHeader('X-List', ['a', 'b'])
    res.setHeader('X-Gone', 'gone')
    look('set', res)
    log('removed', res.removeHeader('x-gone'))
    log('removed', res.removeHeader('Never-There'))
    look('removed', res)
    log('appended', 'chains', res.appendHeader('x-text', 'more') === res)
    res.appendHeader('X-Text', ['and', 'more']).appendHeader('X-New', 'new')
    look('appended', res)
    log('many', 'chains', res.setHeaders(new Map([['X-Map', '1'], ['X-Text', 'replaced']])) === res)
    look('many', res)
    res.writeHead(200)
    look('sent', res)
    attempt('sent', 'setHeader', () => res.setHeader('X', 'y'))
    attempt('sent', 'appendHeader', () => res.appendHeader('X', 'y'))
    attempt('sent', 'setHeaders', () => res.setHeaders(new Map([['X', 'y']])))
    attempt('sent', 'removeHeader', () => res.removeHeader('X'))
    attempt('sent', 'writeHead', () => res.writeHead(200))
    attempt('sent', 'flushHeaders', () => res.flushHeaders())
    res.end()
    attempt('ended', 'setHeader', () => res.setHeader('X', 'y'))
  })
  const port = await listen(server)
  log('wire', await raw(port, 'GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'))
}

run(main)
