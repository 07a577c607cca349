// An idle connection in the pool does not keep a script alive.
const http = require('node:http')
const net = require('node:net')
const { epilogue, log } = require('./prelude')

epilogue()

// A server that keeps its connections, and nobody else.
const server = net.createServer((socket) => {
  socket.unref()
  socket.on('data', () => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi'))
})
server.unref()
server.listen(0, '127.0.0.1', () => get(server.address().port))

const agent = new http.Agent({ keepAlive: true })
agent.on('free', () => log('agent', 'free'))

function get(port) {
  http.get({ host: '127.0.0.1', port, agent }, (res) => {
    const { socket } = res
    log('client', res.statusCode)
    res.resume().on('close', () => log('client', 'close', socket.destroyed))
  })
}

log('script', 'end of script')
