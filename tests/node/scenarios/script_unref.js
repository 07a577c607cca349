// An unref'd server does not keep a script alive.
const http = require('node:http')
const { epilogue, log } = require('./prelude')

epilogue()

const server = http.createServer()
server.on('close', () => log('server', 'close'))
log('server', server.unref() === server, server.listen(0).listening)
