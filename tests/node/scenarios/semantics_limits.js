// Where the limits are, exactly: a head just under 16 KiB, trailers and extensions likewise, 1000 header lines.
const http = require('node:http')
const { body, hangup, listen, log, once, raw, run, serve } = require('./prelude')

const head = 'GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n'
const upload = 'POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n'

async function main() {
  const server = http.createServer(async (req, res) => {
    await body(req)
    const trailers = Object.values(req.trailers)
    res.end(`${req.rawHeaders.length / 2} lines, ${trailers.length} trailers of ${trailers[0]?.length ?? 0}`)
  })
  const port = await listen(server)
  const status = async (text) => {
    const reply = await raw(port, text)
    return [reply.slice(9, 12), reply.slice(reply.indexOf('\r\n\r\n') + 4)]
  }
  const chunk = (size) => `1;${'x'.repeat(size)}\r\nx\r\n`
  // Alone beside the shortest Host: target, names and values together.
  for (const size of [16376, 16377]) {
    log('value', size, await status(`GET / HTTP/1.0\r\nHost: x\r\nX: ${'x'.repeat(size)}\r\n\r\n`))
  }
  for (const size of [16382, 16383]) {
    log('trailer', size, await status(`${upload}0\r\nX: ${'x'.repeat(size)}\r\n\r\n`))
  }
  for (const [first, second] of [[16384, 1], [16385, 1], [16000, 16000]]) {
    log('extension', first, second, await status(`${upload}${chunk(first)}${chunk(second)}0\r\n\r\n`))
  }
  for (const lines of [997, 998, 999]) log('lines', lines, await status(`${head}${'X: y\r\n'.repeat(lines)}\r\n`))
  server.maxHeadersCount = 3000
  log('count', await status(`${head}${'X:\r\n'.repeat(2998)}\r\n`))
  log('count', await status(`${head}${'X:\r\n'.repeat(2999)}\r\n`))

  for (const lines of [999, 1000, 1500]) {
    const reply = `HTTP/1.1 200 OK\r\nContent-Length: 0\r\n${'X: y\r\n'.repeat(lines)}\r\n`
    const res = await once(http.get({ host: '127.0.0.1', port: await serve(hangup(reply)), agent: false }), 'response')
    log('client', lines, res.rawHeaders.length / 2)
  }
}

run(main)
