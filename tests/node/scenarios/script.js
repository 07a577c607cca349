// A plain script: it stays alive while its server listens and its request is pending, and ends when nothing is left.
const http = require('node:http')
const { epilogue, log } = require('./prelude')

epilogue()

const server = http.createServer((req, res) => {
  log('server', req.method, req.url)
  res.end('hi')
})
server.on('listening', () => log('server', 'listening'))
server.on('close', () => log('server', 'close'))

const response = (res) => {
  log('client', res.statusCode)
  res.on('data', (chunk) => log('client', chunk))
  res.on('end', () => server.close())
}

const listening = () => {
  http.get({ host: '127.0.0.1', port: server.address().port, path: '/script' }, response)
}

server.listen(0, '127.0.0.1', listening)
log('script', 'end of script')
