// listen(): every form and option, and what cannot be asked for.
const fs = require('node:fs')
const http = require('node:http')
const os = require('node:os')
const path = require('node:path')
const { attempt, log, once, raw, run } = require('./prelude')

async function main() {
  await forms()
  await shared()
  await paths()
  await signals()
  await mistakes()
}

async function listening(...args) {
  const server = http.createServer((req, res) => res.end())
  const opened = once(server, 'listening')
  server.listen(...args)
  await opened
  return server
}

async function forms() {
  for (const args of [[0, '127.0.0.1'], ['0', '127.0.0.1'], [0, '127.0.0.1', 5], [{ port: 0, host: 'localhost' }], [{ port: null, host: '127.0.0.1' }],
    [{ port: 0, host: '127.0.0.1', exclusive: true, backlog: 7 }]]) {
    const server = await listening(...args)
    const { address, family, port } = server.address()
    log('forms', address, family, (await raw(port, 'GET / HTTP/1.0\r\n\r\n')).split('\r\n')[0])
    server.close()
  }
}

async function shared() {
  const first = await listening(0, '127.0.0.1')
  const second = await listening(first)
  log('shared', second.address().port === first.address().port)
  log('shared', (await raw(second.address().port, 'GET / HTTP/1.0\r\n\r\n')).split('\r\n')[0])
  second.close()
  const one = await listening({ port: 0, host: '127.0.0.1', reusePort: true })
  const two = await listening({ port: one.address().port, host: '127.0.0.1', reusePort: true })
  log('shared', one.address().port === two.address().port)
  one.close()
  two.close()
}

async function paths() {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'httpkit-'))
  const file = path.join(folder, 'socket')
  process.umask(0o077)
  for (const options of [{}, { readableAll: true }, { writableAll: true }, { readableAll: true, writableAll: true }]) {
    const server = await listening({ path: file, ...options })
    const { mode } = fs.statSync(file)
    log('paths', server.address() === file, mode & 0o044, mode & 0o022)
    const closed = once(server, 'close')
    server.close()
    await closed
    log('paths', fs.existsSync(file))
  }
  fs.rmdirSync(folder)
}

async function signals() {
  const controller = new AbortController()
  const server = await listening({ port: 0, host: '127.0.0.1', signal: controller.signal })
  const closed = once(server, 'close')
  controller.abort()
  await closed
  log('signals', server.listening)
  const early = http.createServer()
  early.on('listening', () => log('signals', 'early listening'))
  const over = once(early, 'close')
  early.listen({ port: 0, signal: AbortSignal.abort() })
  await over
  log('signals', early.listening)
}

async function mistakes() {
  const server = http.createServer()
  const wrong = [[{}], [{ host: '::1' }], [true], [''], [-1], [1.5], [65536], [{ path: '' }], [{ path: 5 }], [{ fd: -1 }],
    [{ path: '\0abstract', readableAll: true }], [{ port: 0, host: 5 }], [{ port: 0, signal: 5 }]]
  for (const [index, args] of wrong.entries()) attempt('mistakes', index, () => server.listen(...args))
  for (const [index, args] of [[{ fd: 9999 }], ['/nowhere/socket']].entries()) {
    const other = http.createServer()
    const failed = once(other, 'error')
    other.listen(...args)
    log('mistakes', index, await failed)
  }
}

run(main)
