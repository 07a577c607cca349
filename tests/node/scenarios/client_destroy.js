// req.destroy at each stage: at once, while connected, after the response's head, with and without an error.
const http = require('node:http')
const { gate, log, run, serve, watch } = require('./prelude')

const stages = {
  'at once': (req) => req.destroy(),
  'at once, twice': (req) => req.destroy(new Error('mine')).destroy(new Error('second')),
  'on socket': (req) => req.on('socket', () => req.destroy()),
  'on socket with error': (req) => req.on('socket', () => req.destroy(new Error('mine'))),
  'on finish': (req) => req.on('finish', () => req.destroy()),
  'on finish with error': (req) => req.on('finish', () => req.destroy(new Error('mine'))),
  'on response': (req) => req.on('response', () => req.destroy()),
  'on response with error': (req) => req.on('response', () => req.destroy(new Error('mine'))),
  'on data': (req) => req.on('response', (res) => res.on('data', () => req.destroy())),
}

async function main() {
  const port = await serve(async (peer) => {
    const head = await peer.until('\r\n\r\n')
    if (head.includes('/answered')) peer.send('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhi')
  })
  for (const [lane, destroy] of Object.entries(stages)) {
    await destroyed(lane, destroy, port)
  }
}

async function destroyed(lane, destroy, port) {
  const closed = gate()
  const path = lane.includes('response') || lane.includes('data') ? '/answered' : '/'

  const response = (res) => {
    watch(lane, 'res', res, 'aborted', 'end', 'error', 'close')
    res.on('close', closed.open)
  }

  const req = http.get({ host: '127.0.0.1', port, path, agent: false }, response)
  watch(lane, 'req', req, 'socket', 'finish', 'response', 'abort', 'error', 'close')
  req.on('close', () => path === '/' ? closed.open() : null)
  destroy(req)
  log(lane, req.destroyed)
  await closed
  log(lane, req.destroyed, req.aborted, req.errored, req.closed)
}

run(main)
