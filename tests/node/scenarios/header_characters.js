// Every character that may stand in the name and in the value of a header that is sent, and those that may not.
const http = require('node:http')
const { log, run } = require('./prelude')

const accepts = (check, character) => {
  try {
    check(character)
    return true
  } catch {
    return false
  }
}

async function main() {
  const codes = [...Array(300).keys()]
  const characters = (check) => codes.filter((code) => accepts(check, String.fromCharCode(code)))
  log('name', characters((character) => http.validateHeaderName(`X${character}`)))
  log('value', characters((character) => http.validateHeaderValue('X', `a${character}b`)))
  log('lenient value', characters((character) => http.validateHeaderValue('X', `a${character}b`, true)))
}

run(main)
