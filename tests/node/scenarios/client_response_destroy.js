// res.destroy in the middle of the body, with and without an error; and req.abort.
const http = require('node:http')
const { answer, gate, log, run, serve, watch } = require('./prelude')

const ways = {
  'res.destroy()': (req, res) => res.destroy(),
  'res.destroy(error)': (req, res) => res.destroy(new Error('mine')),
  'req.abort()': (req, res) => req.abort(),
  'res.socket.destroy()': (req, res) => res.socket.destroy(),
}

async function main() {
  const port = await serve(answer('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhi'))
  for (const [lane, destroy] of Object.entries(ways)) await destroyed(lane, destroy, port)
}

async function destroyed(lane, destroy, port) {
  const resClosed = gate()
  const reqClosed = gate()

  const response = (res) => {
    watch(lane, 'res', res, 'aborted', 'end', 'error', 'close')
    res.on('close', resClosed.open)
    res.once('data', () => destroy(req, res))
  }

  const req = http.get({ host: '127.0.0.1', port, agent: false }, response)
  watch(lane, 'req', req, 'abort', 'error', 'close')
  req.on('close', reqClosed.open)
  await resClosed
  await reqClosed
  log(lane, req.destroyed, req.aborted, req.errored, req.res.complete, req.res.aborted, req.res.errored)
}

run(main)
