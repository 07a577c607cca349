// The requests that client.json names in words, made on Node: prints what Node sends, or throws, for each.
'use strict'
const http = require('node:http')
const net = require('node:net')

const bodies = {
  'end()': (req) => req.end(),
  "end('hi')": (req) => req.end('hi'),
  "write('a');end('b')": (req) => { req.write('a'); req.end('b') },
  "CL=2;end('hi')": (req) => { req.setHeader('Content-Length', 2); req.end('hi') },
  "TE chunked;end('hi')": (req) => { req.setHeader('Transfer-Encoding', 'chunked'); req.end('hi') },
  'flushHeaders;end()': (req) => { req.flushHeaders(); req.end() },
}

const agents = {
  globalAgent: () => ({ agent: undefined }),
  'agent:false': () => ({ agent: false }),
  'new Agent()': () => ({ agent: new http.Agent() }),
  'Agent(maxSockets1)': () => ({ agent: new http.Agent({ maxSockets: 1 }) }),
  createConnection: () => ({ agent: undefined, createConnection: ({ port, host }) => net.connect(port, host) }),
}

const end = (req) => req.end()
const endHi = (req) => req.end('hi')
const writeAB = (req) => { req.write('a'); req.end('b') }
const wait = () => {} // for the server's word

// name: options, and what is done with the request
const cases = {
  'setHost:false': [{ setHost: false }, end],
  'setDefaultHeaders:false GET': [{ setDefaultHeaders: false }, end],
  'setDefaultHeaders:false POST end(hi)': [{ setDefaultHeaders: false, method: 'POST' }, endHi],
  'setDefaultHeaders:false + setHost:true': [{ setDefaultHeaders: false, setHost: true }, end],
  auth: [{ auth: 'u:p' }, end],
  'headers array flat': [{ headers: ['X-A', '1', 'X-A', '2', 'Host', 'h'] }, end],
  'headers array no host': [{ headers: ['X-A', '1'] }, end],
  'headers array POST end(hi)': [{ headers: ['X-A', '1'], method: 'POST' }, endHi],
  'headers array + auth': [{ headers: ['X-A', '1'], auth: 'u:p' }, end],
  'headers pairs': [{ headers: [['X-A', '1'], ['X-A', '2']] }, end],
  'headers array odd': [{ headers: ['X-A'] }, end],
  'Expect header': [{ headers: { Expect: '100-continue' }, method: 'POST' }, wait],
  'Expect header CL': [{ headers: { Expect: '100-continue', 'Content-Length': 2 }, method: 'POST' }, wait],
  'Connection: close': [{ headers: { Connection: 'close' } }, end],
  'Connection: upgrade': [{ headers: { Connection: 'Upgrade', Upgrade: 'ws' } }, end],
  'path query': [{ path: '/a?b=c' }, end],
  'path empty string': [{ path: '' }, end],
  'path number': [{ path: 5 }, end],
  'path changed after': [{}, (req) => { req.path = '/zz'; req.end() }],
  'path space': [{ path: '/a b' }, end],
  'method lower': [{ method: 'post' }, end],
  'method unknown token': [{ method: 'FOO' }, end],
  'method invalid': [{ method: 'a b' }, end],
  'method number': [{ method: 5 }, end],
  'method empty': [{ method: '' }, end],
  uniqueHeaders: [
    { headers: { 'X-A': ['1', '2'], 'X-B': ['1', '2'], Cookie: ['a=1', 'b=2'] }, uniqueHeaders: ['x-a'] }, end,
  ],
  'cookie array': [{ headers: { Cookie: ['a=1', 'b=2'], 'set-cookie': ['a', 'b'] } }, end],
  'remove host': [{}, (req) => { req.removeHeader('Host'); req.end() }],
  'remove connection': [{}, (req) => { req.removeHeader('Connection'); req.end() }],
  'POST remove TE': [{ method: 'POST' }, (req) => { req.removeHeader('Transfer-Encoding'); writeAB(req) }],
  'POST trailers': [{ method: 'POST' }, (req) => {
    req.setHeader('Trailer', 'x-t')
    req.write('a')
    req.addTrailers({ 'x-t': '1' })
    req.end()
  }],
  'GET Trailer hdr': [{ headers: { Trailer: 'x-t' } }, end],
  'family/port default': [{ family: 4 }, end],
  'host header ipv6': [{ host: '::1' }, end],
  'protocol https on http': [{ protocol: 'https:' }, end],
  'agent bogus': [{ agent: {} }, end],
  'hostname number': [{ hostname: 5 }, end],
  'timeout string': [{ timeout: 'x' }, end],
  'GET useChunked write': [{}, (req) => { req.useChunkedEncodingByDefault = true; writeAB(req) }],
  CONNECT: [{ method: 'CONNECT', path: 'h:1' }, end],
  'insecure+httpValidation': [{ insecureHTTPParser: true, httpValidation: 'strict' }, end],
  'httpValidation bad': [{ httpValidation: 'x' }, end],
  'httpValidation relaxed ctl char': [{ headers: { 'X-A': 'a\x01b' }, httpValidation: 'relaxed' }, end],
  'ctl char header': [{ headers: { 'X-A': 'a\x01b' } }, end],
  'undefined header': [{ headers: { 'X-A': undefined } }, end],
  'bad header name': [{ headers: { 'X A': '1' } }, end],
  'unicode header': [{ headers: { 'X-A': '\u20ac' } }, end],
}

function* all() {
  for (const method of ['GET', 'HEAD', 'DELETE', 'OPTIONS', 'TRACE', 'POST', 'PUT', 'PATCH', 'PROPFIND', 'QUERY']) {
    for (const [name, act] of Object.entries(bodies)) yield [`keepAlive Agent | ${method} | ${name}`, { method }, act]
  }
  for (const [name, agent] of Object.entries(agents)) {
    yield [`${name} | GET | end`, { ...agent(), method: 'GET' }, end]
    yield [`${name} | POST | end`, { ...agent(), method: 'POST' }, endHi]
  }
  for (const [name, [options, act]] of Object.entries(cases)) yield [name, options, act]
}

async function record(options, act) {
  const { promise: arrived, resolve: begun } = Promise.withResolvers()
  const { promise: left, resolve: gone } = Promise.withResolvers()
  const sample = { bytes: '' }
  const server = net.createServer((socket) => {
    socket.setEncoding('latin1').on('data', (text) => { sample.bytes += text; begun() })
    socket.on('end', gone)
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address()
  const agent = new http.Agent({ keepAlive: true })
  agent.createConnection = () => net.connect(port, '127.0.0.1') // whatever the host
  let req
  try {
    req = http.request({ host: '127.0.0.1', port, agent, ...options }).on('error', () => {})
    const finished = new Promise((resolve) => req.on('finish', resolve))
    act(req)
    await (act === wait ? arrived : finished)
    req.destroy()
    await left
  } catch (error) {
    if (!req) sample.bytes = null
    req?.destroy()
    sample.thrown = `${error.code}: ${error.message}`
  }
  server.close()
  const name = options.host === '::1' ? '[::1]' : '127.0.0.1'
  sample.bytes &&= sample.bytes.replace(`${name}:${port}`, '<H:P>')
  return sample
}

async function main() {
  const samples = {}
  for (const [name, options, act] of all()) samples[name] = await record(options, act)
  console.log(JSON.stringify(samples))
}

main()
