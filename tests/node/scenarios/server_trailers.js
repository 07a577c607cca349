// Trailers: sent after a chunked body, dropped otherwise; a Trailer header makes the body chunked.
const http = require('node:http')
const { body, listen, log, once, raw, run } = require('./prelude')

const ways = {
  '/unique': (res) => { res.write('body'); res.addTrailers({ 'X-Once': ['1', '2'], 'X-Many': ['1', '2'] }); res.end() },
  '/chunked': (res) => { res.write('body'); res.addTrailers({ 'X-Sum': '1', 'x-list': ['2', '3'] }); res.end() },
  '/announced': (res) => { res.setHeader('Trailer', 'X-Sum'); res.addTrailers({ 'X-Sum': '1' }); res.end('body') },
  '/pairs': (res) => { res.write('body'); res.addTrailers([['X-Sum', '1'], ['X-Sum', '2']]); res.end() },
  '/length': (res) => { res.addTrailers({ 'X-Sum': '1' }); res.end('body') },
  '/twice': (res) => { res.write('body'); res.addTrailers({ A: '1' }); res.addTrailers({ B: '2' }); res.end() },
}

async function main() {
  const port = await listen(http.createServer({ uniqueHeaders: ['x-once'] }, (req, res) => ways[req.url](res)))
  for (const path of Object.keys(ways)) {
    log('wire', await raw(port, `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`))
    const res = await once(http.get({ host: '127.0.0.1', port, path, agent: false }), 'response')
    const trailer = res.headers.trailer
    log('client', path, await body(res), res.trailers, res.trailersDistinct, res.rawTrailers, trailer)
  }
}

run(main)
