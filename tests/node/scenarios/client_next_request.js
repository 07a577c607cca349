// A request started from 'end' needs a new connection; one started from 'close' finds the old one free.
const http = require('node:http')
const { answer, gate, log, run, serve } = require('./prelude')

async function main() {
  const port = await serve(answer('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi'))
  for (const event of ['end', 'close']) await follow(event, port)
}

async function follow(event, port) {
  const agent = new http.Agent({ keepAlive: true })
  const over = gate()

  const second = () => {
    const response = (res) => {
      log(event, 'second', req.reusedSocket)
      res.resume().on('close', over.open)
    }

    const req = http.get({ host: '127.0.0.1', port, agent }, response)
  }

  http.get({ host: '127.0.0.1', port, agent }, (res) => res.resume().on(event, second))
  await over
}

run(main)
