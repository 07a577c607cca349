// headersTimeout and requestTimeout: a head or a body that does not come gets 408; a slow handler does not.
const http = require('node:http')
const { dial, listen, log, raw, run, sleep } = require('./prelude')

async function main() {
  const impatient = http.createServer({ headersTimeout: 50, connectionsCheckingInterval: 20 })
  log('impatient', impatient.headersTimeout, impatient.requestTimeout, impatient.timeout)
  const port = await listen(impatient)
  log('impatient', await raw(port, ''))
  log('impatient', await raw(port, 'GET / HTTP/1.1\r\nHost:'))
  impatient.on('clientError', (err, socket) => { log('impatient', err); socket.destroy() })
  log('impatient', await raw(port, 'GET / HTTP/1.1\r\nHost:'))

  const listener = async (req, res) => {
    log(req.url, 'request')
    req.on('aborted', () => log(req.url, 'aborted'))
    if (req.url === '/body') return
    await sleep(700)
    res.end('done')
  }

  const patient = http.createServer({ requestTimeout: 500, connectionsCheckingInterval: 20 }, listener)
  log('patient', patient.headersTimeout, patient.requestTimeout)
  const patientPort = await listen(patient)
  const body = await dial(patientPort)
  body.send('POST /body HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\npart')
  const slow = await dial(patientPort)
  slow.send('GET /slow HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
  log('/body', await body.rest())
  log('/slow', await slow.rest())
}

run(main)
