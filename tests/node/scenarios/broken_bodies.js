// Bodies that go wrong on the way: the handler hears 'aborted' and an error, the client 400 or 413.
const http = require('node:http')
const { dial, gate, listen, log, run } = require('./prelude')

const head = 'POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n'
const bodies = {
  'no size': [head, 'x\r\n'],
  'negative size': [head, '-1\r\n'],
  'size too large': [head, 'fffffffffffffffff\r\n'],
  'no line end after data': [head, '2\r\nhixx'],
  'line feed only': [head, '2\nhi\r\n'],
  'space before extension': [head, '2 \r\nhi\r\n'],
  'bad extension': [head, '2;a b\r\nhi\r\n'],
  'bad quoted extension': [head, '2;a="\x01"\r\nhi\r\n'],
  'endless extension': [head, `2;${'x'.repeat(17000)}\r\n`],
  'end within a chunk': [head, '9\r\nhi', 'end'],
  'end within a length': ['POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n', 'hi', 'end'],
  'bad trailer': [head, '0\r\nBad Name: x\r\n\r\n'],
  'length as a trailer': [head, '0\r\nContent-Length: 1\r\n\r\n'],
  'coding as a trailer': [head, '0\r\nTransfer-Encoding: chunked\r\n\r\n'],
  'trailers too large': [head, `0\r\nX: ${'x'.repeat(17000)}\r\n\r\n`],
}

async function main() {
  let lane, arrived, gone
  const server = http.createServer((req, res) => {
    req.on('aborted', () => log(lane, 'aborted'))
    req.on('error', (err) => log(lane, err))
    req.on('end', () => log(lane, 'end'))
    req.on('close', () => log(lane, 'close', req.complete))
    req.on('close', gone.open)
    req.resume()
    arrived.open()
  })
  const port = await listen(server)
  for (const [name, [first, second, ...end]] of Object.entries(bodies)) {
    lane = name
    arrived = gate()
    gone = gate()
    const peer = await dial(port)
    peer.send(first)
    await arrived
    peer.send(second)
    if (end.length) peer.end()
    log(lane, await peer.rest())
    await gone
  }
}

run(main)
