// The values that attributes have before anybody sets them, and while one plain GET is answered.
'use strict'
const http = require('node:http')
const { once, defaultMaxListeners } = require('node:events')
const recorded = require('./defaults.json')

function values(name, owner) {
  const plain = (value) => (value === Infinity ? 'Infinity' : value ?? null)
  return Object.fromEntries(Object.keys(recorded[name]).map((each) => [each, plain(owner[each])]))
}

async function main() {
  const found = {
    http: values('http', http),
    events: values('events', { defaultMaxListeners }),
    Agent: values('Agent', new http.Agent()),
    globalAgent: values('globalAgent', http.globalAgent),
    'globalAgent.options': values('globalAgent.options', http.globalAgent.options),
  }
  const server = http.createServer((req, res) => {
    found['IncomingMessage, a request'] = values('IncomingMessage, a request', req)
    found.ServerResponse = values('ServerResponse', res)
    res.end()
  })
  found.Server = values('Server', server)
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const request = http.get({ host: '127.0.0.1', port: server.address().port, agent: false })
  found.ClientRequest = values('ClientRequest', request)
  request.on('response', (response) => {
    found['IncomingMessage, a response'] = values('IncomingMessage, a response', response)
    response.resume()
  })
  await once(request, 'close')
  server.close()
  console.log(JSON.stringify(found))
}

main()
