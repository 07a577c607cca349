// A response with a listener that does not read it: no 'end', no 'close', its socket stays taken. Read later, it is
// all there. And a request started when another one closes does not find its socket free.
const http = require('node:http')
const { answer, body, gate, log, once, run, serve, tick, watch } = require('./prelude')

async function main() {
  const port = await serve(answer('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi'))
  const agent = new http.Agent({ keepAlive: true })
  agent.on('free', () => log('unread', 'free'))
  const req = http.get({ host: '127.0.0.1', port, agent })
  watch('unread', 'req', req, 'close')
  const res = await once(req, 'response')
  watch('unread', 'res', res, 'end', 'close')
  for (let turn = 0; turn < 20; turn++) await tick()
  log('unread', res.complete, res.readableEnded, res.readableLength, req.destroyed)
  const closed = once(res, 'close')
  log('unread', await body(res))
  await closed

  const over = gate()
  const pool = new http.Agent({ keepAlive: true })
  const second = () => {
    const response = (res) => {
      log('next', req.reusedSocket)
      res.resume().on('close', over.open)
    }
    const req = http.get({ host: '127.0.0.1', port, agent: pool }, response)
  }
  http.get({ host: '127.0.0.1', port, agent: pool }, (res) => res.resume()).on('close', second)
  await over
}

run(main)
