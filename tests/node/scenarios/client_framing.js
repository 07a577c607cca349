// Which framing a request gets, by method and by the way its body is written.
const http = require('node:http')
const { log, once, run, serve } = require('./prelude')

const ways = {
  'end()': (req) => req.end(),
  'end(text)': (req) => req.end('body'),
  'write, end': (req) => { req.write('bo'); req.write('dy'); req.end() },
  'write, end(text)': (req) => { req.write('bo'); req.end('dy') },
  'flushHeaders, end(text)': (req) => { req.flushHeaders(); req.end('body') },
  'length, write, end': (req) => { req.setHeader('Content-Length', 4); req.write('body'); req.end() },
  'chunked, end(text)': (req) => { req.setHeader('Transfer-Encoding', 'chunked'); req.end('body') },
  'bytes': (req) => { req.write(new Uint8Array([1, 2])); req.end(Buffer.from([255])) },
  'encodings': (req) => { req.write('é', 'latin1'); req.write('c3a9', 'hex'); req.end('w6k=', 'base64') },
}

async function main() {
  const port = await serve(async (peer) => {
    const head = await peer.until('\r\n\r\n')
    const way = Object.keys(ways)[head.match(/\d/)]
    const end = head.includes('chunked') ? '0\r\n\r\n' : head.includes('Length: 4') ? 'body' : ''
    log(way, head + await peer.until(end))
    peer.send('HTTP/1.1 204 No Content\r\n\r\n')
    peer.end()
  })
  const send = async (method, way) => {
    const path = `/${Object.keys(ways).indexOf(way)}`
    const req = http.request({ host: '127.0.0.1', port, method, path, agent: false })
    ways[way](req)
    await once(req, 'response')
  }
  for (const method of ['GET', 'HEAD', 'DELETE', 'OPTIONS', 'TRACE', 'POST', 'PUT', 'PATCH', 'QUERY', 'OWN']) {
    await send(method, 'end()')
  }
  for (const method of ['POST', 'PUT', 'PATCH', 'OWN']) {
    await send(method, 'end(text)')
    await send(method, 'write, end')
  }
  for (const way of Object.keys(ways).slice(3)) await send('POST', way)
  await send('GET', 'length, write, end')
  await send('DELETE', 'chunked, end(text)')
}

run(main)
