// optimizeEmptyRequests: a request without a body is over before it is handed out; there is nothing to wait for.
const http = require('node:http')
const { body, listen, log, raw, run, watch } = require('./prelude')

async function main() {
  const listener = async (req, res) => {
    watch(req.url, 'req', req, 'data', 'end', 'close', 'aborted')
    res.on('close', () => log(req.url, 'res close', req.complete))
    if (req.url === '/body') return res.end(await body(req))
    const chunks = []
    for await (const chunk of req) chunks.push(chunk)
    res.end(`${chunks.length} chunks`)
  }
  const server = http.createServer({ optimizeEmptyRequests: true }, listener)
  server.prependListener('request', (req, res) => {
    log(req.url, req.readableEnded, req.destroyed, req.closed, req.complete, req.aborted)
  })
  const port = await listen(server)
  for (const [method, path, head, text] of [
    ['GET', '/get', '', ''],
    ['POST', '/empty', '', ''],
    ['POST', '/zero', 'Content-Length: 0\r\n', ''],
    ['POST', '/body', 'Content-Length: 4\r\n', 'body'],
  ]) {
    log('wire', await raw(port, `${method} ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${head}\r\n${text}`))
  }
}

run(main)
