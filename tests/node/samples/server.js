// The handlers that server.json names in words, run on Node: prints what Node sends for each of its requests.
'use strict'
const http = require('node:http')
const net = require('node:net')
const { requests } = require('./server.json')

const handlers = {
  'end()': (res) => res.end(),
  "end('hi')": (res) => res.end('hi'),
  "write('a');end('b')": (res) => { res.write('a'); res.end('b') },
  "setHeader CL=2,end('hi')": (res) => { res.setHeader('Content-Length', 2); res.end('hi') },
  "setHeader TE=chunked,end('hi')": (res) => { res.setHeader('Transfer-Encoding', 'chunked'); res.end('hi') },
  "writeHead(200,{CT}),end('hi')": (res) => { res.writeHead(200, { 'Content-Type': 'text/plain' }); res.end('hi') },
  'writeHead(200),end()': (res) => { res.writeHead(200); res.end() },
  'flushHeaders,end(hi)': (res) => { res.flushHeaders(); res.end('hi') },
  '204 end()': (res) => { res.statusCode = 204; res.end() },
  "204 end('hi')": (res) => { res.statusCode = 204; res.end('hi') },
  '204 CL=0': (res) => { res.statusCode = 204; res.setHeader('Content-Length', 0); res.end() },
  '204 TE=chunked': (res) => { res.statusCode = 204; res.setHeader('Transfer-Encoding', 'chunked'); res.end() },
  '304 end()': (res) => { res.statusCode = 304; res.end() },
  "304 end('hi')": (res) => { res.statusCode = 304; res.end('hi') },
  '304 TE=chunked': (res) => { res.statusCode = 304; res.setHeader('Transfer-Encoding', 'chunked'); res.end() },
  '205 end()': (res) => { res.statusCode = 205; res.end() },
  "205 end('hi')": (res) => { res.statusCode = 205; res.end('hi') },
  '199 writeHead end': (res) => { res.writeHead(199); res.end() },
  "remove CL end('hi')": (res) => { res.removeHeader('Content-Length'); res.end('hi') },
  'remove TE write+end': (res) => { res.removeHeader('Transfer-Encoding'); res.write('a'); res.end('b') },
  "remove CL+TE end('hi')": (res) => {
    res.removeHeader('Content-Length')
    res.removeHeader('Transfer-Encoding')
    res.end('hi')
  },
  "remove Connection end('hi')": (res) => { res.removeHeader('Connection'); res.end('hi') },
  "remove Date end('hi')": (res) => { res.removeHeader('Date'); res.end('hi') },
  'sendDate=false': (res) => { res.sendDate = false; res.end('hi') },
  'Connection: close set': (res) => { res.setHeader('Connection', 'close'); res.end('hi') },
  'Connection: keep-alive set': (res) => { res.setHeader('connection', 'keep-alive'); res.end('hi') },
  'Keep-Alive set': (res) => { res.setHeader('Keep-Alive', 'timeout=99'); res.end('hi') },
  'shouldKeepAlive=false': (res) => { res.shouldKeepAlive = false; res.end('hi') },
  'useChunkedEncodingByDefault=false write': (res) => {
    res.useChunkedEncodingByDefault = false
    res.write('a')
    res.end('b')
  },
  'TE: identity set': (res) => { res.setHeader('Transfer-Encoding', 'identity'); res.write('a'); res.end('b') },
  'TE: gzip, chunked set': (res) => {
    res.setHeader('Transfer-Encoding', 'gzip, chunked')
    res.write('a')
    res.end('b')
  },
  'Trailer+addTrailers': (res) => {
    res.setHeader('Trailer', 'X-T')
    res.write('a')
    res.addTrailers({ 'X-T': 'v' })
    res.end()
  },
  "Trailer header, single end('a')": (res) => {
    res.setHeader('Trailer', 'X-T')
    res.addTrailers({ 'X-T': 'v' })
    res.end('a')
  },
  'addTrailers w/o Trailer hdr, write': (res) => {
    res.write('a')
    res.addTrailers({ 'X-T': 'v', 'X-U': ['1', '2'] })
    res.end()
  },
  'addTrailers w/o Trailer hdr, single end': (res) => { res.addTrailers({ 'X-T': 'v' }); res.end('a') },
  'CL=5 but body 2': (res) => { res.setHeader('Content-Length', 5); res.end('hi') },
  'CL=1 but body 2': (res) => { res.setHeader('Content-Length', 1); res.end('hi') },
  'CL+TE both': (res) => {
    res.setHeader('Content-Length', 2)
    res.setHeader('Transfer-Encoding', 'chunked')
    res.end('hi')
  },
  'set-cookie array': (res) => {
    res.setHeader('Set-Cookie', ['a=1', 'b=2'])
    res.setHeader('X-A', ['1', '2'])
    res.setHeader('Cookie', ['c', 'd'])
    res.end()
  },
  'writeHead raw array': (res) => { res.writeHead(200, ['X-A', '1', 'X-A', '2']); res.end() },
  'writeHead nested array': (res) => { res.writeHead(200, [['X-A', '1'], ['X-A', '2']]); res.end() },
  'setHeader then writeHead array dup': (res) => {
    res.setHeader('X-A', '0')
    res.writeHead(200, ['X-A', '1', 'X-A', '2'])
    res.end()
  },
  'status msg custom': (res) => { res.statusCode = 299; res.statusMessage = 'Yo'; res.end() },
  'status unknown 299': (res) => { res.statusCode = 299; res.end() },
  'status 999': (res) => { res.writeHead(999); res.end() },
  "write('') then end('x')": (res) => { res.write(''); res.end('x') },
  "end('')": (res) => res.end(''),
  'header case preserved': (res) => { res.setHeader('X-Case', 1); res.setHeader('x-case', 2); res.end() },
  'number header / bool': (res) => {
    res.setHeader('X-N', 5)
    res.setHeader('X-B', true)
    res.setHeader('X-Null', null)
    res.end()
  },
  'cork write write uncork': (res) => {
    res.flushHeaders()
    res.cork()
    res.write('aa')
    res.write('bb')
    res.uncork()
    res.end('cc')
  },
  'cork before headers': (res) => { res.cork(); res.write('aa'); res.write('bb'); res.end() },
  'content-disposition latin1': (res) => {
    res.setHeader('Content-Disposition', 'a; filename="ý"')
    res.setHeader('X-L', 'é')
    res.end('hi')
  },
}

const turn = () => new Promise(setImmediate)

async function record(handler, request) {
  const { promise: handled, resolve } = Promise.withResolvers()
  const server = http.createServer((req, res) => {
    res.on('close', resolve)
    try {
      handler(res)
    } catch (error) {
      sample.thrown = `${error.code}: ${error.message}`
      res.destroy()
    }
  })
  const accepted = new Promise((resolve) => server.on('connection', resolve))
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  const client = net.connect(server.address().port, '127.0.0.1')
  const sample = { bytes: '', closed: false }
  client.setEncoding('latin1').on('data', (text) => { sample.bytes += text })
  const left = new Promise((resolve) => client.on('close', resolve))
  client.write(request)
  const socket = await accepted
  await handled
  await turn() // what was corked for a turn is out
  sample.closed = socket.destroyed || socket.writableEnded
  socket.end()
  await left
  server.close()
  sample.bytes = sample.bytes.replace(/Date: [^\r]+/, 'Date: <D>')
  return sample
}

async function main() {
  const samples = {}
  for (const [name, handler] of Object.entries(handlers)) {
    const one = async ([request, bytes]) => [request, await record(handler, bytes)]
    samples[name] = Object.fromEntries(await Promise.all(Object.entries(requests).map(one)))
  }
  console.log(JSON.stringify(samples))
}

main()
