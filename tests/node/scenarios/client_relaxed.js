// httpValidation: what header values may hold, on their way out and on their way in.
const http = require('node:http')
const { attempt, body, gate, log, run, serve } = require('./prelude')

async function main() {
  const port = await serve(async (peer) => {
    log('wire', await peer.until('\r\n\r\n'))
    peer.send('HTTP/1.1 200 OK\r\nX: a\x01b\r\nContent-Length: 2\r\n\r\nhi')
  })

  const ask = async (lane, options) => {
    const done = gate()
    const req = http.get({ host: '127.0.0.1', port, agent: false, ...options })
    log(lane, req.httpValidation, req.insecureHTTPParser)
    req.on('error', (err) => { log(lane, err.code); done.open() })
    req.on('response', async (res) => { log(lane, res.headers.x, String(await body(res))); done.open() })
    await done
  }

  await ask('default', {})
  await ask('strict', { httpValidation: 'strict' })
  await ask('secure', { insecureHTTPParser: false })
  await ask('relaxed', { httpValidation: 'relaxed', headers: { X: 'a\x01b\x7f\t' } })
  await ask('relaxed', { httpValidation: 'relaxed', headers: ['X', 'a\x01b'] })

  for (const httpValidation of ['strict', 'relaxed']) {
    const set = (name, value) => attempt(httpValidation, name, () => {
      const req = http.request({ host: '127.0.0.1', port, agent: false, httpValidation })
      req.on('error', () => {})
      req.destroy()
      req.setHeader('X', value)
      req.addTrailers({ X: value })
    })
    set('control', 'a\x01b')
    set('delete', 'a\x7fb')
    set('tab', 'a\tb')
    set('latin1', 'a\xffb')
    set('null', 'a\0b')
    set('return', 'a\rb')
    set('line feed', 'a\nb')
    set('euro', '€')
    set('list', ['a', 'a\x01b'])
  }
}

run(main)
