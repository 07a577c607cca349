// What a response refuses, with Node's code and message; it is still usable afterwards.
const http = require('node:http')
const { attempt, listen, log, raw, run } = require('./prelude')

async function main() {
  const server = http.createServer((req, res) => {
    const refused = (name, action) => attempt('server', name, action)
    refused('name with space', () => res.setHeader('Bad Name', 'x'))
    refused('empty name', () => res.setHeader('', 'x'))
    refused('non-ASCII name', () => res.setHeader('X-É', 'x'))
    refused('name is a number', () => res.setHeader(1, 'x'))
    refused('value with line feed', () => res.setHeader('X', 'a\nb'))
    refused('value with return', () => res.setHeader('X', 'a\rb'))
    refused('value with NUL', () => res.setHeader('X', 'a\0b'))
    refused('value with control', () => res.setHeader('X', 'a\x01b'))
    refused('value with DEL', () => res.setHeader('X', 'a\x7fb'))
    refused('value beyond latin1', () => res.setHeader('X', '€'))
    refused('list with line feed', () => res.setHeader('X', ['a', 'b\n']))
    refused('no value', () => res.setHeader('X', undefined))
    refused('value with tab', () => res.setHeader('X-Tab', 'a\tb'))
    refused('latin1 value', () => res.setHeader('X-Latin', 'é'))
    refused('getHeader of a number', () => res.getHeader(1))
    refused('hasHeader of a number', () => res.hasHeader(1))
    refused('removeHeader of a number', () => res.removeHeader(1))
    refused('append with bad name', () => res.appendHeader('Bad Name', 'x'))
    refused('append with bad value', () => res.appendHeader('X', 'a\nb'))
    refused('status 99', () => res.writeHead(99))
    refused('status 1000', () => res.writeHead(1000))
    refused('status text', () => res.writeHead('abc'))
    refused('bad reason', () => res.writeHead(200, 'a\nb'))
    res.statusMessage = undefined
    refused('bad name in writeHead', () => res.writeHead(200, { 'Bad Name': 'x' }))
    refused('bad value in writeHead', () => res.writeHead(200, { X: 'a\nb' }))
    refused('odd list in writeHead', () => res.writeHead(200, ['X']))
    refused('write nothing', () => res.write(null))
    refused('write a number', () => res.write(7))
    refused('write an object', () => res.write({}))
    refused('end a number', () => res.end(7))
    res.statusCode = 1000
    refused('statusCode 1000', () => res.end('late'))
    res.statusCode = 200
    res.end(Buffer.from('fine'))
    refused('writeHead after end', () => res.writeHead(200))
    refused('appendHeader after end', () => res.appendHeader('X', 'y'))
  })
  log('wire', await raw(await listen(server), 'GET / HTTP/1.0\r\n\r\n'))
}

run(main)
