// A list gives one line per value; Set-Cookie is a list like any other, numbers are written as text.
const http = require('node:http')
const { listen, log, raw, run } = require('./prelude')

async function main() {
  const server = http.createServer((req, res) => {
    res.setHeader('Set-Cookie', ['a=1; Path=/', 'b=2'])
    res.setHeader('X-Numbers', [1, 2])
    res.setHeader('X-Empty', [])
    res.setHeader('Link', ['<a>', '<b>'])
    res.setHeader('X-Blank', '')
    res.end()
  })
  const port = await listen(server)
  log('wire', await raw(port, 'GET / HTTP/1.0\r\n\r\n'))
  const unique = http.createServer({ uniqueHeaders: ['X-One', 'set-cookie'] }, (req, res) => {
    res.setHeader('X-One', ['a', 'b'])
    res.setHeader('X-Many', ['a', 'b'])
    res.end()
  })
  log('unique', await raw(await listen(unique), 'GET / HTTP/1.0\r\n\r\n'))
}

run(main)
