// The ways to read a body: 'readable' and read(), async iteration, read(n), unshift; and what the flags say.
const http = require('node:http')
const { body, listen, log, once, raw, run } = require('./prelude')

const request = (path) => `POST ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 8\r\n\r\n12345678`

async function main() {
  const server = http.createServer(async (req, res) => {
    const lane = req.url
    if (lane === '/readable') {
      const chunks = []
      req.on('readable', () => {
        for (let chunk; (chunk = req.read()) !== null;) chunks.push(chunk)
      })
      await once(req, 'end')
      log(lane, Buffer.concat(chunks), req.readableFlowing, req.readableEnded)
    }
    if (lane === '/sizes') {
      await once(req, 'readable')
      log(lane, req.readableLength, req.read(3), req.readableLength, req.read(1), req.read(), req.read())
    }
    if (lane === '/iterate') {
      const chunks = []
      for await (const chunk of req) chunks.push(chunk)
      log(lane, Buffer.concat(chunks), req.readableEnded, req.destroyed, req.complete)
    }
    if (lane === '/unshift') {
      await once(req, 'readable')
      req.unshift(req.read())
      log(lane, await body(req))
    }
    if (lane === '/text') {
      req.setEncoding('utf8')
      let text = ''
      for await (const chunk of req) text += chunk
      log(lane, text)
    }
    res.end('done')
  })
  const port = await listen(server)
  for (const path of ['/readable', '/sizes', '/iterate', '/unshift', '/text']) {
    log('wire', await raw(port, request(path)))
  }
  const res = await once(http.get({ host: '127.0.0.1', port, agent: false }), 'response')
  const chunks = []
  for await (const chunk of res) chunks.push(chunk)
  log('client', Buffer.concat(chunks), res.readableEnded, res.complete)
}

run(main)
