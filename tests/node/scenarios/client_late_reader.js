// Nobody has to read at once: a response waits, with all its body, for whoever asks later.
const http = require('node:http')
const { body, gate, log, once, run, serve, tick } = require('./prelude')

async function main() {
  const sent = gate()
  const port = await serve(async (peer) => {
    await peer.until('\r\n\r\n')
    peer.send(`HTTP/1.1 200 OK\r\nContent-Length: 200000\r\n\r\n${'x'.repeat(200000)}`)
    sent.open()
  })
  const agent = new http.Agent({ keepAlive: true })
  const res = await once(http.get({ host: '127.0.0.1', port, agent }), 'response')
  await sent
  for (let turn = 0; turn < 20; turn++) await tick()
  log('client', res.complete, res.readableFlowing, res.readableLength > 0, Object.keys(agent.freeSockets).length)
  const freed = once(agent, 'free')
  const text = await body(res)
  await freed
  log('client', res.complete, text.length)
}

run(main)
