// httpValidation: 'relaxed' takes control characters in the values of headers, in both directions, and nothing else.
// (A NUL in such a value sends Node into an endless loop.)
const http = require('node:http')
const { attempt, listen, log, raw, run } = require('./prelude')

const values = { control: 'a\x01b', DEL: 'a\x7fb', NUL: 'a\0b', return: 'a\rb', 'line feed': 'a\nb', euro: '€' }
const head = 'GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n'
const requests = {
  'plain': `${head}\r\n`,
  'control': `${head}X: a\x01b\r\n\r\n`,
  'control in name': `${head}X\x01: a\r\n\r\n`,
  'folded': `${head}X: a\r\n b\r\n\r\n`,
  'line feeds': 'GET / HTTP/1.1\nHost: x\n\n',
}

async function main() {
  for (const httpValidation of [undefined, 'strict', 'relaxed']) {
    const lane = httpValidation ?? 'default'
    const listener = (req, res) => {
      log(lane, 'request', req.headers.x)
      for (const [name, value] of Object.entries(values)) attempt(lane, name, () => res.setHeader('X', value))
      res.removeHeader('X')
      res.end()
    }
    const port = await listen(http.createServer({ httpValidation }, listener))
    for (const [name, request] of Object.entries(requests)) log(lane, name, await raw(port, request))
  }
  attempt('options', 'word', () => http.createServer({ httpValidation: 'other' }))
  attempt('options', 'both', () => http.createServer({ httpValidation: 'strict', insecureHTTPParser: false }))
}

run(main)
