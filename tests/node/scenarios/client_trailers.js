// A request body in pieces with trailers, and writing after its end.
const http = require('node:http')
const { body, gate, listen, log, once, run, watch } = require('./prelude')

async function main() {
  const server = http.createServer((req, res) => {
    req.on('end', () => res.end(JSON.stringify(req.trailers)))
    log('server', req.headers['transfer-encoding'], req.headers.trailer)
    req.resume()
  })
  const port = await listen(server)
  const req = http.request({ host: '127.0.0.1', port, method: 'POST', agent: false })
  req.setHeader('Trailer', 'X-Sum')
  req.write('body')
  req.addTrailers({ 'X-Sum': '1' })
  const finished = gate()
  watch('client', 'req', req, 'error', 'finish')
  req.end(finished.open)
  log('client', req.write('late', (err) => log('client', 'write', err)))
  await finished
  const res = await once(req, 'response')
  log('client', await body(res))
}

run(main)
