// AbortController and AbortSignal.
const { addAbortListener } = require('node:events')
const { attempt, log, run, tick } = require('./prelude')

// Node's reasons are DOMExceptions, whose code is a number.
const plain = (reason) => reason instanceof Error ? `${reason.name}: ${reason.message}` : reason

async function main() {
  const controller = new AbortController()
  const { signal } = controller
  const first = (event) => { log('listeners', 'first', event.type, event.target === signal); signal.removeEventListener('abort', second) }
  const second = () => log('listeners', 'second')
  log('state', signal.aborted, plain(signal.reason), signal.onabort)
  attempt('state', 'throwIfAborted', () => signal.throwIfAborted())
  signal.addEventListener('abort', first)
  signal.addEventListener('abort', first)
  signal.onabort = () => log('listeners', 'replaced')
  signal.addEventListener('abort', second)
  signal.addEventListener('abort', () => log('listeners', 'once'), { once: true })
  signal.onabort = () => log('listeners', 'onabort')
  signal.addEventListener('other', () => log('listeners', 'other'))
  log('state', controller.abort() ?? 'nothing', controller.abort('again') ?? 'nothing')
  log('state', signal.aborted, plain(signal.reason), signal === controller.signal)
  signal.addEventListener('abort', () => log('listeners', 'late'))
  try {
    signal.throwIfAborted()
  } catch (err) {
    log('state', 'threw', plain(err), err === signal.reason)
  }

  log('made', AbortSignal.abort().aborted, plain(AbortSignal.abort().reason), AbortSignal.abort('why').reason)
  const timeout = AbortSignal.timeout(1)
  await new Promise((resolve) => addAbortListener(timeout, resolve))
  log('made', timeout.aborted, plain(timeout.reason))

  const one = new AbortController()
  const two = new AbortController()
  const any = AbortSignal.any([one.signal, AbortSignal.any([two.signal])])
  const silent = AbortSignal.any([any])
  any.onabort = () => log('any', 'combined', any.reason, silent.aborted)
  two.signal.onabort = () => log('any', 'source', any.aborted)
  log('any', any.aborted, AbortSignal.any([]).aborted, AbortSignal.any([one.signal, AbortSignal.abort('before')]).reason)
  two.abort('two')
  one.abort('one')
  log('any', any.reason, silent.reason)
  silent.onabort = () => log('any', 'late')

  const third = new AbortController()
  addAbortListener(third.signal, () => log('add', 'called'))
  addAbortListener(third.signal, () => log('add', 'disposed'))[Symbol.dispose]()
  third.abort()
  addAbortListener(third.signal, () => log('add', 'already'))
  await tick()

  const mistakes = [
    () => AbortSignal.timeout('1'), () => AbortSignal.timeout(-1), () => AbortSignal.timeout(2 ** 32),
    () => AbortSignal.any(3), () => AbortSignal.any([3]), () => signal.addEventListener('abort', 3),
    () => addAbortListener({}, () => {}), () => addAbortListener(signal, 3),
  ]
  for (const mistake of mistakes) attempt('mistakes', 'it', mistake)
  attempt('mistakes', 'it', () => new AbortSignal())
}

run(main)
