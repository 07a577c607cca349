/**
 * Where the browser of this page finds a server of the kernel's machine: `{ href }`, or `{ advice }` where it cannot.
 * `page` is a window, or what stands for one.
 */
export async function whereabouts({ url, port, scheme }, page = globalThis) {
  const colab = page.google?.colab?.kernel
  if (colab?.proxyPort) return { href: await colab.proxyPort(port) }
  // A path is a Hub's, whose proxy Python knows of; VS Code forwards the ports of other machines itself.
  if (!url.startsWith("http") || isInVSCode(page) || isHere(page.location)) return { href: url }
  const advice = `This page comes from another machine than the server. Forward the port, and the link works: ssh -L ${port}:localhost:${port} ${page.location.hostname}`
  if (scheme !== "http") return { href: url, advice }
  const base = baseUrl(page.document)
  if (await hasProxy(base, page)) return { href: `${base}proxy/${port}/` }
  return { href: url, advice: `${advice}. Or run pip install jupyter-server-proxy there, and start Jupyter again.` }
}

function isInVSCode({ location, document }) {
  return location.protocol.startsWith("vscode") || "vscodeThemeKind" in document.body.dataset
}

function isHere({ hostname, protocol }) {
  return protocol === "file:" || /^(localhost|.+\.localhost|127(\.\d+){3}|\[::1\])$/.test(hostname)
}

function baseUrl(document) {
  const config = document.querySelector("#jupyter-config-data")?.textContent
  return (config && JSON.parse(config).baseUrl) || document.body.dataset.baseUrl || "/"
}

async function hasProxy(base, page) {
  try {
    return (await page.fetch(`${base}server-proxy/servers-info`)).ok
  } catch {
    return false
  }
}

const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" })

/** A line of the values of the last minute; small ones differ as visibly as large ones. */
function sparkline(values) {
  const [width, height] = [120, 22]
  const most = Math.log1p(Math.max(100, ...values))
  const points = values.map((value, index) => {
    const x = width - (values.length - 1 - index) * (width / 59)
    return `${x.toFixed(1)},${(height - 1 - (Math.log1p(value) / most) * (height - 2)).toFixed(1)}`
  })
  return `<svg viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" aria-hidden="true"><polyline points="${points.join(" ")}"/></svg>`
}

const LAG = "How late the loop gets to what is due. While it is late, no request is answered."

function seconds(value) {
  return `${value.toFixed(1)} s`
}

export default widget(({ model, root, state, ask, on, announce }) => {
  const facts = {}
  let lags = []
  let most = 500

  const address = h("p", { class: "httpkit-line httpkit-grow" })
  const toggle = button("Stop", () => press())
  const advice = h("p", { class: "httpkit-hint", hidden: true })
  const hints = h("div")
  const held = h("div", { class: "httpkit-held", role: "group", "aria-label": "What holds the server up", hidden: true })
  const lag = h("span", { class: "httpkit-lag-now" })
  const line = h("span", { class: "httpkit-sparkline", role: "img" })
  const log = h("tbody")
  const empty = h("p", { class: "httpkit-dim" }, "No request yet. Open the link, or ask with %http.")
  const table = h(
    "table",
    { class: "httpkit-log" },
    h("caption", { class: "httpkit-unseen" }, "Requests, the newest first"),
    h("thead", {}, h("tr", {}, ...["Time", "Method", "Path", "Status", "ms", "Size"].map((name) => h("th", { scope: "col" }, name)))),
    log,
  )
  const scrolled = h("div", { class: "httpkit-log-box", tabindex: "0", role: "region", "aria-label": "Requests" }, table, empty)
  const count = h("h4", {}, "Open connections")
  const connections = h("ul", { class: "httpkit-connections" })
  root.append(
    h("div", { class: "httpkit-bar-of-tools" }, address, toggle),
    advice,
    hints,
    held,
    h(
      "div",
      { class: "httpkit-log-and-facts" },
      scrolled,
      h(
        "div",
        { role: "region", "aria-label": "Connections and event loop" },
        h("section", {}, h("h4", {}, "Event loop lag"), h("div", { class: "httpkit-lag" }, lag, line), h("p", { class: "httpkit-dim" }, LAG)),
        h("section", {}, count, connections),
      ),
    ),
  )

  // --- the server

  async function press() {
    toggle.disabled = true
    try {
      // Before the kernel has told more, the trait says whether it listens.
      await ask((facts.listening ?? model.get("running")) ? "stop" : "start")
    } catch {
      // It is shown already.
    } finally {
      toggle.disabled = false
      toggle.focus()
    }
  }

  let looked = 0
  async function paintAddress() {
    const number = ++looked
    const { listening, url, news } = facts
    toggle.textContent = listening ? "Stop" : "Start"
    const lamp = h("span", { class: listening ? "httpkit-lamp" : "httpkit-dim", "aria-hidden": "true" }, listening ? "●" : "○")
    if (!listening) {
      address.replaceChildren(lamp, " Stopped. Start listens again where it was.")
      advice.hidden = true
      return
    }
    const found = facts.port ? await whereabouts(facts) : {}
    if (number !== looked) return
    const link = found.href ? h("a", { href: found.href, target: "_blank", rel: "noopener noreferrer" }, found.href) : url
    address.replaceChildren(lamp, " Listening on ", link, " ", h("small", {}, news))
    advice.hidden = !found.advice
    advice.textContent = found.advice ?? ""
  }

  // --- what holds it up

  function paintHeld() {
    const { hold, lastHold } = facts
    held.hidden = !hold && !lastHold
    held.classList.toggle("httpkit-is-over", !hold)
    if (hold) held.replaceChildren(...nowHeld(hold))
    else if (lastHold) held.replaceChildren(wasHeld(lastHold), button("Dismiss", dismiss, { label: "Dismiss the warning" }))
  }

  function nowHeld({ seconds: time, place, source }) {
    return [
      h("p", {}, "A handler has been holding the event loop for ", h("strong", {}, seconds(time)), `, in ${place}: `, h("code", {}, source)),
      h("p", {}, "Nothing else is answered meanwhile. ", ...remedy()),
    ]
  }

  function wasHeld({ seconds: time, until, place, source }) {
    return h(
      "div",
      {},
      h("p", {}, "The event loop was blocked for ", h("strong", {}, seconds(time)), ` (last time at ${clock.format(until)}), in ${place}: `, h("code", {}, source)),
      h("p", {}, "Nothing else was answered meanwhile. ", ...remedy()),
    )
  }

  function remedy() {
    const code = (text) => h("code", {}, text)
    return ["Use ", code("await asyncio.sleep(…)"), ", or ", code("await asyncio.to_thread(…)"), " for work that takes long."]
  }

  function dismiss() {
    ask("dismiss").catch(() => {})
    toggle.focus()
  }

  // --- connections

  function paintConnections() {
    const { open, connections: each } = facts
    count.textContent = open === 1 ? "1 open connection" : `${open} open connections`
    const left = open - each.length
    connections.replaceChildren(...each.map(connection), ...(left > 0 ? [h("li", { class: "httpkit-dim" }, `and ${left} more`)] : []))
  }

  function connection({ port, served, state }) {
    const requests = served == null ? "" : served === 1 ? "1 request" : `${served} requests`
    return h(
      "li",
      {},
      h("span", {}, port ? `from port ${port}` : "local"),
      h("span", { class: "httpkit-dim" }, requests),
      h("span", { class: `httpkit-state httpkit-is-${state}` }, state),
    )
  }

  const PAINTS = {
    listening: paintAddress,
    url: paintAddress,
    news: paintAddress,
    hints: () => setHtml(hints, facts.hints),
    hold: paintHeld,
    lastHold: paintHeld,
    open: paintConnections,
    connections: paintConnections,
  }

  function learn(changed) {
    const before = { ...facts }
    Object.assign(facts, changed)
    for (const paint of new Set(Object.keys(changed).map((name) => PAINTS[name]).filter(Boolean))) paint()
    if ("listening" in before && before.listening !== facts.listening) announce(facts.listening ? "The server listens" : "The server has stopped")
    if (facts.hold && !before.hold) announce(`A handler holds the event loop, in ${facts.hold.place}`)
    if (before.hold && !facts.hold) announce("The event loop goes on")
  }

  // --- requests

  const rows = new Map()
  const elements = new Map()
  const unpainted = new Set()

  const paintRows = painter(() => {
    for (const number of unpainted) paintRow(rows.get(number))
    unpainted.clear()
    const numbers = [...rows.keys()].sort((a, b) => a - b)
    for (const number of numbers.slice(0, Math.max(0, numbers.length - most))) {
      rows.delete(number)
      elements.get(number)?.remove()
      elements.delete(number)
    }
    table.hidden = rows.size === 0
    empty.hidden = rows.size > 0
  })

  function paintRow(row) {
    const { number, at, method, path, status, ms, size } = row
    const element = h(
      "tr",
      {},
      h("td", {}, clock.format(at)),
      h("td", {}, method),
      h("td", { title: path }, path),
      h("td", {}, ...outcome(row)),
      h("td", {}, ms == null ? "" : ms.toFixed(1)),
      h("td", {}, shownSize(size)),
    )
    element.dataset.number = number
    const old = elements.get(number)
    elements.set(number, element)
    if (old) old.replaceWith(element)
    else log.insertBefore(element, elementBelow(number))
  }

  function outcome({ status, isOver, isCut }) {
    if (!status) return [h("span", { class: "httpkit-dim" }, isOver ? "cut off" : "pending")]
    return isCut ? [badge(status), " ", h("span", { class: "httpkit-cut" }, "cut off")] : [badge(status)]
  }

  /** The newest is on top: a new one nearly always goes before the first. */
  function elementBelow(number) {
    for (const each of log.children) if (Number(each.dataset.number) < number) return each
    return null
  }

  function take(given, { isNewer }) {
    for (const row of given) {
      if (!isNewer && rows.has(row.number)) continue
      rows.set(row.number, row)
      unpainted.add(row.number)
    }
    paintRows()
  }

  // --- the event loop

  function paintLag() {
    const last = lags.at(-1)
    lag.textContent = shownMs(last)
    line.setAttribute("aria-label", `The last ${lags.length} seconds: at most ${shownMs(Math.max(0, ...lags))}`)
    setHtml(line, sparkline(lags))
  }

  follow(model, "height", () => (scrolled.style.maxHeight = `${model.get("height")}px`))
  on("facts", (told) => learn(told.facts))
  on("rows", (told) => take(told.rows, { isNewer: true }))
  on("lag", (told) => {
    lags = [...lags, told.lag].slice(-60)
    paintLag()
  })
  ask("catch_up").then((all) => {
    most = all.most
    // What was told meanwhile is newer.
    learn({ ...all.facts, ...facts })
    take(all.rows, { isNewer: false })
    lags = all.lags
    paintLag()
  }, () => {})
})
