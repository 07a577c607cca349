// METHODS and STATUS_CODES.
const http = require('node:http')
const { log, run } = require('./prelude')

async function main() {
  for (const method of http.METHODS) log('METHODS', method)
  for (const [code, reason] of Object.entries(http.STATUS_CODES)) log('STATUS_CODES', Number(code), reason)
}

run(main)
