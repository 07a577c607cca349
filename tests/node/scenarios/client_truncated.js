// The body stops half-way: aborted, and ECONNRESET on the response only. Or it ends with the connection.
const http = require('node:http')
const { gate, hangup, log, run, serve, watch } = require('./prelude')

const replies = {
  'short of its length': 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhi',
  'chunks without an end': 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n',
  'delimited by close': 'HTTP/1.1 200 OK\r\n\r\nhi',
  'HTTP/1.0': 'HTTP/1.0 200 OK\r\n\r\nhi',
  'unread': 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhi',
  'no error listener': 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhi',
}

async function main() {
  for (const [lane, reply] of Object.entries(replies)) {
    await truncated(lane, await serve(hangup(reply)))
  }
}

async function truncated(lane, port) {
  const closed = gate()

  const response = (res) => {
    watch(lane, 'res', res, 'aborted', 'end', 'close')
    if (lane !== 'no error listener') watch(lane, 'res', res, 'error')
    if (lane !== 'unread') res.on('data', (chunk) => log(lane, 'data', chunk))

    const close = () => {
      log(lane, res.complete, res.aborted, res.readableEnded, res.destroyed, res.errored)
      closed.open()
    }

    res.on('close', close)
  }

  const req = http.get({ host: '127.0.0.1', port, agent: false }, response)
  watch(lane, 'req', req, 'error', 'close')
  await closed
}

run(main)
