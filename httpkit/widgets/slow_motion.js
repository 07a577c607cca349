// Speeds are chosen on a scale of which each quarter is ten times as fast.
const SLOWEST = 10
const FASTEST = 100_000
const MARKS = { "␍": "CR", "␊": "LF" }
// Lines of a lane that stay on the page, the last ones.
const MOST_LINES = 300

const speedOf = (position) => {
  const exact = SLOWEST * 10 ** (position / 25)
  const step = 10 ** (Math.floor(Math.log10(exact)) - 1)
  return Math.round(exact / step) * step
}
const positionOf = (speed) => 25 * Math.log10(Math.min(Math.max(speed, SLOWEST), FASTEST) / SLOWEST)
const counted = (count) => `${count.toLocaleString("en")} byte${count === 1 ? "" : "s"}`

const isAtEnd = (box) => box.scrollHeight - box.scrollTop - box.clientHeight < 40

/** A box that shows its end goes on to show it when its size is another one. */
function stayAtEnd(box) {
  let wasAtEnd = true
  let size = ""
  const sizeNow = () => `${box.clientWidth} ${box.clientHeight}`
  box.addEventListener("scroll", () => {
    // What comes with another size is no doing of the reader's, and may be told before it.
    if (sizeNow() === size) wasAtEnd = isAtEnd(box)
  })
  new ResizeObserver(() => {
    size = sizeNow()
    if (wasAtEnd) box.scrollTop = box.scrollHeight
  }).observe(box)
}

/** A list whose lines are told as changes: those from `from` on are new, those before `first` are gone. */
function growing(element, draw) {
  let begins = 0
  return (change) => {
    if (!change) return
    const box = element.closest(".httpkit-slow-scroll")
    const wasAtEnd = isAtEnd(box)
    while (element.children.length && begins + element.children.length > change.from) element.lastElementChild.remove()
    if (!element.children.length) begins = change.from
    element.append(...change.lines.map(draw))
    while (element.children.length && (begins < change.first || element.children.length > MOST_LINES)) {
      element.firstElementChild.remove()
      begins++
    }
    if (wasAtEnd) box.scrollTop = box.scrollHeight
  }
}

function lineOf({ at, what, text }) {
  return h("li", { "data-what": what }, h("small", {}, at), " ", h("b", {}, what), " ", h("span", {}, text))
}

function wireLineOf({ kind, label, note, pieces }) {
  const code = h("code", {}, ...pieces.map(([of, text]) => h("span", { class: `is-${of}` }, ...marked(text))))
  return h("div", { class: `httpkit-slow-row is-${kind}` }, h("small", {}, label), code, note && h("small", {}, note))
}

/** Line ends as small words, as few fonts have characters for them. */
function marked(text) {
  return text.split(/([␍␊])/).map((piece) => (MARKS[piece] ? h("i", {}, MARKS[piece]) : piece))
}

export default widget(({ model, root, state, ask, on, announce, fail }) => {
  const request = h("input", {
    type: "text",
    class: "httpkit-grow httpkit-slow-request",
    "aria-label": "Request",
    placeholder: "GET :3000/stream",
    spellcheck: "false",
    autocomplete: "off",
    onkeydown: (event) => event.key === "Enter" && start(),
  })
  const starting = button("Start", start, { class: "httpkit-primary" })
  const pausing = button("Pause", () => put(model, "paused", !model.get("paused")))
  const stepping = button("Step", () => ask("step").catch(() => {}), { label: "Let the rest of a line through" })
  const stopping = button("Stop", () => ask("stop").catch(() => {}))
  const speed = h("input", {
    type: "range",
    min: "0",
    max: "100",
    step: "1",
    "aria-label": "Speed",
    oninput: () => put(model, "bytes_per_second", speedOf(Number(speed.value))),
  })
  const inWords = h("output", { class: "httpkit-slow-speed" })
  const how = h("span", { class: "httpkit-slow-state" })
  const bar = h("progress", { "aria-label": "Received", max: "1", value: 0 })
  const progress = h("span", { class: "httpkit-dim" })

  const client = h("ol")
  const server = h("ol")
  const sent = h("div")
  const received = h("div")
  const isSent = h("section", { class: "httpkit-slow-wire", "aria-label": "Request" }, h("h5", {}, "Request →"), sent)
  const isReceived = h("section", { class: "httpkit-slow-wire", "aria-label": "Answer" }, h("h5", {}, "← Answer"), received)
  const elsewhere = h("p", { class: "httpkit-note", hidden: true }, "What this server does cannot be seen from here.")
  const inPipe = h("span", {})
  const level = h("span", { class: "httpkit-slow-level" })
  const gauge = h(
    "div",
    { class: "httpkit-slow-gauge" },
    inPipe,
    h("span", { class: "httpkit-slow-pipe", "aria-hidden": "true" }, level, h("span", { class: "httpkit-slow-mark" })),
  )
  const lane = (name, hint, ...content) => {
    const box = h("div", { class: "httpkit-slow-scroll", tabindex: "0", role: "region", "aria-label": name }, ...content)
    stayAtEnd(box)
    return h("div", { class: "httpkit-slow-lane" }, h("h4", {}, name, " ", h("small", {}, hint)), box)
  }
  const serverLane = lane("Server", "what it does", server, elsewhere)
  serverLane.append(gauge)

  root.append(
    h("div", { class: "httpkit-bar-of-tools" }, request, starting, pausing, stepping, stopping),
    h("div", { class: "httpkit-bar-of-tools" }, h("label", {}, "Speed", speed), inWords, how, bar, progress),
    h(
      "div",
      { class: "httpkit-slow-lanes" },
      lane("Client", "what it hears", client),
      lane("Wire", "the bytes themselves", isSent, isReceived),
      serverLane,
    ),
  )

  const lists = {
    client: growing(client, lineOf),
    server: growing(server, lineOf),
    sent: growing(sent, wireLineOf),
    received: growing(received, wireLineOf),
  }
  let number = 0

  async function start() {
    try {
      await ask("start", { line: request.value })
      request.value = model.get("request")
    } catch {
      // It is shown already.
    }
  }

  on("news", async (news) => {
    if (news.number <= number) return
    if (news.number === number + 1) show(news)
    else showWhole(await ask("whole"))
  })

  function showWhole(news) {
    for (const name in lists) lists[name]({ from: 0, first: 0, lines: [] })
    show(news)
  }

  function show(news) {
    number = news.number
    for (const name in lists) lists[name](news[name])
    showProgress(news.progress)
    elsewhere.hidden = news.where !== "elsewhere"
    gauge.hidden = news.where !== "here"
    fail(news.error || null)
    if (news.say) announce(news.say)
  }

  function showProgress({ ms, sent, got, got_of, pipe, mark, turn }) {
    const of = got_of ? ` of ${got_of.toLocaleString("en")}` : ""
    const seconds = (ms / 1000).toFixed(1)
    progress.textContent = sent ? `${counted(sent)} sent, ${got.toLocaleString("en")}${of} received, ${seconds} s` : ""
    bar.hidden = !got_of
    bar.value = got_of ? got / got_of : 0
    const isFull = (pipe ?? 0) >= mark
    inPipe.textContent = `In the pipe: ${counted(pipe ?? 0)}${isFull ? ", full" : ""}`
    gauge.title = `write() gives False from ${counted(mark)} on`
    gauge.classList.toggle("is-full", isFull)
    level.style.width = `${Math.min(100, (50 * (pipe ?? 0)) / mark)}%`
    isSent.classList.toggle("is-now", turn === "sent")
    isReceived.classList.toggle("is-now", turn === "received")
  }

  const IN_WORDS = { idle: "", running: "running", done: "done", failed: "failed" }
  follow(model, ["state", "paused"], () => {
    const isRunning = model.get("state") === "running"
    const isPaused = model.get("paused")
    starting.textContent = model.get("state") === "idle" ? "Start" : isRunning ? "Restart" : "Start again"
    pausing.textContent = isPaused ? "Resume" : "Pause"
    stepping.disabled = stopping.disabled = !isRunning
    how.textContent = isRunning && isPaused ? "paused" : IN_WORDS[model.get("state")]
    root.classList.toggle("is-running", isRunning && !isPaused)
  })
  follow(model, "request", () => (request.value = model.get("request")))
  follow(model, "bytes_per_second", () => {
    const given = model.get("bytes_per_second")
    inWords.textContent = `${given.toLocaleString("en")} byte${given === 1 ? "" : "s"}/s`
    speed.setAttribute("aria-valuetext", inWords.textContent)
    if (speedOf(Number(speed.value)) !== given) speed.value = positionOf(given)
  })
  show(state)
})
