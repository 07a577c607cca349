const ROW = 26 // px, as in the style
const AROUND = 6 // rows kept above and below those in view
const MOST_BARS = 400
const COLUMNS = {
  number: "No.",
  method: "Method",
  url: "URL",
  status: "Status",
  type: "Type",
  size: "Size",
  time: "Time",
}
const PHASES = ["queue", "dns", "connect", "tls", "send", "wait", "receive"]
const TABS = { headers: "Headers", body: "Body", timing: "Timing", sides: "Both sides", wire: "Wire", code: "Code" }

const end = (row) => row.at + Math.max(row.time, 0)
const port = (address) => address.slice(address.lastIndexOf(":"))

/** What has become of an exchange that is not simply done. */
function trouble({ state, status, error }) {
  if (state === "failed") return error || "failed"
  if (state === "pending") return status ? "coming" : "pending"
  return state === "cut" ? (status ? "cut off" : "no answer") : ""
}

/** What a row says in its Status column. */
function outcome(row) {
  return [row.status ? badge(row.status) : null, noted(row)].filter(Boolean)
}

function noted(row) {
  const text = trouble(row)
  return text && h("span", { class: row.state === "pending" ? "httpkit-dim" : "httpkit-failed", title: text }, text)
}

function described(row) {
  const waited = row.phases[0] >= 1 ? `, waited ${shownMs(row.phases[0])} for a connection` : ""
  const became = [row.status || "", trouble(row)].filter(Boolean).join(" ")
  return `${row.number}: ${row.method} ${row.url}, ${became}, ${shownMs(row.time)}${waited}`
}

/** All rows, by number; those beyond the recorder's limit are forgotten. */
class Rows {
  constructor() {
    this.byNumber = new Map()
    this.urls = new Map() // in lower case
  }

  take(rows, first) {
    for (const row of rows) {
      this.byNumber.set(row.number, row)
      this.urls.set(row.number, row.url.toLowerCase())
    }
    for (const number of this.byNumber.keys()) {
      if (number >= first) continue
      this.byNumber.delete(number)
      this.urls.delete(number)
    }
  }

  matches(row, word) {
    if (word === "client" || word === "server") return row.side === word || row.side === "both"
    if (word === "errors") return row.state === "failed" || row.status >= 400
    if (/^\dxx$/.test(word)) return String(row.status)[0] === word[0]
    return row.method.toLowerCase() === word || String(row.status) === word || this.urls.get(row.number).includes(word)
  }

  /** Those that each word is right for, or that `found` names, in the order of `sort`. */
  shown(filter, found, sort) {
    const words = filter.toLowerCase().split(/\s+/).filter(Boolean)
    const rows = [...this.byNumber.values()].filter((row) =>
      found ? found.has(row.number) : words.every((word) => this.matches(row, word)),
    )
    const column = sort.replace("-", "")
    const key = column in COLUMNS ? column : "number"
    const up = sort.startsWith("-") ? -1 : 1
    return rows.sort((a, b) => {
      const order = typeof a[key] === "string" ? a[key].localeCompare(b[key]) : a[key] - b[key]
      return up * (order || a.number - b.number)
    })
  }
}

/** Time on a line on which idle time is short: `at(ms)` gives 0 to 1, `gaps` where something was left out. */
function timeLine(rows) {
  const spans = rows.map((row) => [row.at, Math.max(end(row), row.at + 0.5)]).sort((a, b) => a[0] - b[0])
  const busy = []
  for (const [from, to] of spans) {
    const last = busy.at(-1)
    if (last && from <= last[1]) last[1] = Math.max(last[1], to)
    else busy.push([from, to])
  }
  const work = busy.reduce((sum, [from, to]) => sum + to - from, 0)
  const longest = Math.max(work / Math.max(busy.length, 4), 1)
  const points = []
  const gaps = []
  let x = 0
  busy.forEach(([from, to], index) => {
    if (index) {
      const idle = from - busy[index - 1][1]
      if (idle > longest) gaps.push({ x: x + longest / 2, idle })
      x += Math.min(idle, longest)
    }
    points.push({ from, to, x })
    x += to - from
  })
  const whole = x || 1
  const at = (time) => {
    const point = points.findLast((each) => each.from <= time) ?? points[0]
    return point ? Math.min(point.x + Math.min(time, point.to) - point.from, whole) / whole : 0
  }
  return { at, gaps: gaps.map((gap) => ({ ...gap, x: gap.x / whole })), whole }
}

function phaseBars(row, width) {
  const said = PHASES.map((name, index) => (row.phases[index] >= 0.05 ? `${name} ${shownMs(row.phases[index])}` : "")).filter(Boolean)
  const bars = h("span", { class: `httpkit-phases httpkit-is-${row.state}`, style: `width:${width}`, title: said.join(", ") })
  const total = row.phases.reduce((sum, each) => sum + each, 0) || 1
  PHASES.forEach((name, index) => {
    const share = (100 * row.phases[index]) / total
    if (share >= 1) bars.append(h("i", { class: `httpkit-phase-${name}`, style: `width:${share}%` }))
  })
  return bars
}

export default widget(({ model, root, state, ask, on, announce, fail }) => {
  const id = model.get("_key")
  const rows = new Rows()
  let shown = []
  let found = null // the numbers a search in headers and bodies gave
  let isAtEnd = true

  // --- tools

  const filter = h("input", {
    type: "search",
    class: "httpkit-grow",
    "aria-label": "Filter",
    placeholder: "Filter: POST 4xx /people errors server",
    oninput: () => put(model, "filter", filter.value),
  })
  const deep = h("input", { type: "checkbox", onchange: () => put(model, "deep", deep.checked) })
  const count = h("small", { class: "httpkit-count" })
  const pause = button("Pause", () => put(model, "paused", !model.get("paused")))
  const file = h("input", { type: "file", accept: ".har,application/json", hidden: true, "aria-label": "HAR file", onchange: openHar })
  const views = tabs("View", { table: "Table", lanes: "Connections" }, (name) => put(model, "view", name))
  root.append(
    h(
      "div",
      { class: "httpkit-bar-of-tools" },
      filter,
      h("label", {}, deep, "Search headers and bodies"),
      pause,
      button("Clear", clear, { label: "Forget all exchanges" }),
      button("Save HAR", saveHar, { label: "Save what is listed as a HAR file" }),
      button("Open HAR", () => file.click(), { label: "Add the exchanges of a HAR file" }),
      file,
    ),
    h("div", { class: "httpkit-bar-of-tools httpkit-views" }, views.list, count),
  )

  // --- the table

  const heads = {}
  const head = h("div", { role: "row", class: "httpkit-row", "aria-rowindex": "1" })
  for (const [column, title] of Object.entries(COLUMNS)) {
    heads[column] = h("div", { role: "columnheader" }, button(title, () => sortBy(column)))
    head.append(heads[column])
  }
  head.append(h("div", { role: "columnheader" }, "Waterfall"))
  const body = h("div", { role: "rowgroup", class: "httpkit-rows" })
  const grid = h(
    "div",
    { role: "grid", tabindex: "0", "aria-label": "Exchanges", class: "httpkit-grid", onscroll: scrolled, onkeydown: moved },
    h("div", { role: "rowgroup", class: "httpkit-head" }, head),
    body,
  )
  const lanes = h("div", { class: "httpkit-lanes", role: "group", "aria-label": "Connections", onkeydown: movedInLanes })
  const empty = h("p", { class: "httpkit-nothing" })
  views.panel.append(grid, lanes, empty)
  views.panel.removeAttribute("tabindex")
  root.append(views.panel)

  const elements = new Map()

  function cells(row) {
    const { number, method, url, type, size, time } = row
    // That it went over TLS is worth the room, that it did not is usual.
    // And this machine may be left out, as where one types a URL.
    const target = url.replace(/^http:\/\//, "").replace(/^(localhost|127\.0\.0\.1|\[::1\])(?=:)/, "")
    return [
      String(number),
      method,
      h("span", { title: url }, target),
      h("span", {}, ...outcome(row)),
      type.slice(type.lastIndexOf("/") + 1),
      row.status ? shownSize(size) : "",
      shownMs(time),
    ]
  }

  function made(row, index) {
    const known = elements.get(row.number)
    const element = known?.row === row ? known.element : h("div", { role: "row", class: "httpkit-row", id: `${id}-${row.number}`, onclick: () => choose(row.number) })
    if (known?.row !== row) {
      known?.element.remove()
      element.append(...cells(row).map((cell) => h("div", { role: "gridcell" }, cell)), h("div", { role: "gridcell", class: "httpkit-fall" }))
      elements.set(row.number, { row, element })
    }
    element.style.top = `${index * ROW}px`
    element.setAttribute("aria-rowindex", String(index + 2))
    element.setAttribute("aria-selected", String(row.number === model.get("selected")))
    return element
  }

  function window_() {
    const top = Math.floor(grid.scrollTop / ROW)
    const fit = Math.ceil(grid.clientHeight / ROW)
    return [Math.max(0, top - AROUND), Math.min(shown.length, top + fit + AROUND)]
  }

  function paintTable() {
    body.style.height = `${shown.length * ROW}px`
    if (isAtEnd && model.get("sort") === "number") grid.scrollTop = grid.scrollHeight
    const [from, to] = window_()
    const visible = shown.slice(from, to)
    const numbers = new Set(visible.map((row) => row.number))
    for (const [number, { element }] of elements) {
      if (numbers.has(number)) continue
      element.remove()
      elements.delete(number)
    }
    const line = timeLine(visible)
    visible.forEach((row, index) => {
      const element = made(row, from + index)
      const bar = phaseBars(row, `${Math.max(100 * (line.at(end(row)) - line.at(row.at)), 2)}%`)
      bar.style.marginLeft = `${Math.min(100 * line.at(row.at), 96)}%`
      element.lastChild.replaceChildren(bar)
      if (element.parentNode !== body) body.append(element)
    })
    grid.setAttribute("aria-rowcount", String(shown.length + 1))
    const selected = `${id}-${model.get("selected")}`
    if (numbers.has(model.get("selected"))) grid.setAttribute("aria-activedescendant", selected)
    else grid.removeAttribute("aria-activedescendant")
  }

  function scrolled() {
    isAtEnd = grid.scrollTop + grid.clientHeight >= grid.scrollHeight - ROW
    repaint()
  }

  function moved(event) {
    if (event.target !== grid || !shown.length) return
    const at = shown.findIndex((row) => row.number === model.get("selected"))
    const page = Math.max(1, Math.floor(grid.clientHeight / ROW) - 2)
    const to = {
      ArrowDown: at + 1,
      ArrowUp: at < 0 ? shown.length - 1 : at - 1,
      PageDown: at + page,
      PageUp: at - page,
      Home: 0,
      End: shown.length - 1,
    }[event.key]
    if (event.key === "Escape") return close()
    if (event.key === "Enter" && at >= 0) return detailTabs.list.querySelector('[tabindex="0"]')?.focus()
    if (to === undefined) return
    event.preventDefault()
    const row = shown[Math.max(0, Math.min(to, shown.length - 1))]
    reveal(row)
    choose(row.number)
  }

  function reveal(row) {
    const top = shown.indexOf(row) * ROW
    const space = grid.clientHeight - 2 * ROW
    if (top < grid.scrollTop) grid.scrollTop = top
    else if (top > grid.scrollTop + space) grid.scrollTop = top - space
  }

  function sortBy(column) {
    put(model, "sort", model.get("sort") === column ? `-${column}` : column)
  }

  // --- the connections

  function lanesOf(some) {
    const found = new Map()
    const latest = new Map()
    for (const row of [...some].sort((a, b) => a.at - b.at)) {
      const ends = row.remote ? `${row.local} ${row.remote}` : ""
      // The system gives a port to another connection later.
      if (!latest.has(ends) || (row.isFresh && ends)) latest.set(ends, `${ends} ${row.number}`)
      const key = latest.get(ends)
      if (!found.has(key)) found.set(key, { name: laneName(row), rows: [] })
      found.get(key).rows.push(row)
    }
    return [...found.values()]
  }

  function laneName(row) {
    if (!row.remote) return "no connection"
    const ends = [row.local, row.remote].map((address) => (/^(127\.|\[?::1)/.test(address) ? port(address) : address))
    return row.side === "server" ? `${ends[1]} → ${ends[0]}` : `${ends[0]} → ${ends[1]}`
  }

  function paintLanes() {
    const recent = [...shown].sort((a, b) => a.number - b.number).slice(-MOST_BARS)
    const line = timeLine(recent)
    const focused = lanes.contains(document.activeElement) ? document.activeElement.dataset.number : null
    const all = lanesOf(recent).map(({ name, rows: members }) => {
      const track = h("div", { class: "httpkit-track" })
      for (const row of members) {
        const waited = row.phases[0] >= 1 ? row.phases[0] : 0
        const from = line.at(row.at + waited)
        const width = Math.max(100 * (line.at(end(row)) - from), 0.6)
        const group = ["failed", "cut"].includes(row.state) || !row.status ? row.state : `${Math.floor(row.status / 100)}xx`
        if (waited) {
          const start = 100 * line.at(row.at)
          track.append(h("i", { class: "httpkit-queued", style: `left:${start}%;width:${100 * from - start}%` }))
        }
        const bar = button("", () => choose(row.number), {
          class: `httpkit-exchange httpkit-is-${group}`,
          style: `left:${Math.min(100 * from, 99)}%;width:${width}%`,
          label: described(row),
          "aria-pressed": String(row.number === model.get("selected")),
          tabindex: "-1",
        })
        bar.dataset.number = row.number
        track.append(bar)
      }
      for (const gap of line.gaps) {
        track.append(h("span", { class: "httpkit-gap", style: `left:${100 * gap.x}%`, title: `${shownMs(gap.idle)} left out` }))
      }
      const count = `${members.length} request${members.length === 1 ? "" : "s"}`
      const title = h("div", { class: "httpkit-lane-name" }, h("code", {}, name), " ", h("small", {}, count))
      return h("div", { class: "httpkit-lane", role: "group", "aria-label": `${name}, ${count}` }, title, track)
    })
    const legend = h(
      "p",
      { class: "httpkit-note" },
      "One line is one connection. ",
      h("i", { class: "httpkit-queued httpkit-sample" }),
      " waited for a free connection; ",
      h("span", { class: "httpkit-gap httpkit-sample" }),
      " time in which nothing happened is left out.",
      shown.length > MOST_BARS ? ` The last ${MOST_BARS} of ${shown.length.toLocaleString("en")} exchanges.` : "",
    )
    lanes.replaceChildren(...all, all.length ? legend : "")
    const bars = lanes.querySelectorAll(".httpkit-exchange")
    const current = [...bars].find((bar) => bar.dataset.number === (focused ?? String(model.get("selected")))) ?? bars[0]
    if (current) current.tabIndex = 0
    if (focused) current?.focus()
  }

  function movedInLanes(event) {
    const bar = event.target.closest(".httpkit-exchange")
    if (!bar) return
    const inLane = [...bar.parentNode.querySelectorAll(".httpkit-exchange")]
    const tracks = [...lanes.querySelectorAll(".httpkit-track")]
    const at = inLane.indexOf(bar)
    const lane = tracks.indexOf(bar.parentNode)
    const other = (index) => tracks[index]?.querySelector(".httpkit-exchange")
    const to = { ArrowRight: inLane[at + 1], ArrowLeft: inLane[at - 1], ArrowDown: other(lane + 1), ArrowUp: other(lane - 1) }[event.key]
    if (event.key === "Escape") close()
    if (!to) return
    event.preventDefault()
    bar.tabIndex = -1
    to.tabIndex = 0
    to.focus()
  }

  // --- details

  const title = h("p", { class: "httpkit-line httpkit-grow" })
  const side = h("select", { "aria-label": "Seen by", onchange: showDetail }, h("option", { value: "client" }, "as the client saw it"), h("option", { value: "server" }, "as the server saw it"))
  const replay = button("Replay", replayIt, { label: "Send this request again" })
  const detailTabs = tabs("Details", TABS, (name) => put(model, "tab", name))
  const detail = h(
    "div",
    { class: "httpkit-detail", role: "region", "aria-label": "Details", hidden: true, onkeydown: (event) => event.key === "Escape" && close() },
    h("div", { class: "httpkit-bar-of-tools" }, title, side, replay, button("✕", close, { label: "Close the details" })),
    detailTabs.list,
    detailTabs.panel,
  )
  root.append(detail)

  function choose(number) {
    put(model, "selected", number)
  }

  function close() {
    const from = model.get("view") === "table" ? grid : lanes.querySelector('[tabindex="0"]')
    choose(0)
    from?.focus()
  }

  let asked = 0
  let seen = ""
  let painted = ""
  async function showDetail() {
    const number = model.get("selected")
    const row = rows.byNumber.get(number)
    detail.hidden = !number
    if (!number) return
    detailTabs.select(model.get("tab"))
    if (row) {
      title.replaceChildren(h("strong", { class: "httpkit-method" }, row.method), " ", h("code", {}, row.url), " ", ...outcome(row))
      side.hidden = row.side !== "both"
      if (side.hidden) side.value = "client"
    }
    const request = ++asked
    try {
      const { html } = await ask("detail", { number, tab: model.get("tab"), side: side.value })
      if (request !== asked) return
      const isSame = seen === `${number} ${model.get("tab")} ${side.value}`
      const open = isSame ? [...detailTabs.panel.querySelectorAll("details")].map((each) => each.open) : []
      // What is the same stays as it is, with what the reader has selected in it.
      if (html !== painted) {
        setHtml(detailTabs.panel, html)
        // What the reader has opened stays open while an answer grows.
        detailTabs.panel.querySelectorAll("details").forEach((each, index) => (each.open = open[index] ?? each.open))
      }
      painted = html
      seen = `${number} ${model.get("tab")} ${side.value}`
    } catch {
      detailTabs.panel.replaceChildren()
      painted = ""
    }
  }

  // --- what the tools do

  const quietly = (promise) => promise.catch(() => {})

  function clear() {
    quietly(ask("clear").then(() => announce("All exchanges are forgotten")))
  }

  async function saveHar() {
    await quietly(
      ask("har", { numbers: shown.map((row) => row.number) }).then((text) => {
        const url = URL.createObjectURL(new Blob([text], { type: "application/json" }))
        h("a", { href: url, download: "traffic.har" }).click()
        setTimeout(() => URL.revokeObjectURL(url), 10_000)
        announce("Saved as traffic.har")
      }),
    )
  }

  async function openHar() {
    const [chosen] = file.files
    file.value = ""
    if (!chosen) return
    await quietly(
      ask("open_har", {}, [await chosen.arrayBuffer()]).then(({ count: added, skipped }) => {
        announce(`${added} exchanges were added`)
        if (skipped.length) fail(`${added} exchanges were added. ${skipped.join(" ")}`)
      }),
    )
  }

  async function replayIt() {
    replay.disabled = true
    announce("Sent again")
    await quietly(ask("replay", { number: model.get("selected") }).then((number) => number && choose(number)))
    replay.disabled = false
  }

  // --- what changes

  function paint() {
    shown = rows.shown(model.get("filter"), found, model.get("sort"))
    const isTable = model.get("view") === "table"
    grid.hidden = !isTable
    lanes.hidden = isTable
    empty.hidden = shown.length > 0
    empty.textContent = rows.byNumber.size ? "Nothing matches the filter." : "Nothing yet. What is sent and served from now on is listed here."
    if (isTable) paintTable()
    else paintLanes()
    const bytes = shown.reduce((sum, row) => sum + row.size, 0)
    const all = rows.byNumber.size
    const of = shown.length === all ? "" : ` of ${all.toLocaleString("en")}`
    count.textContent = `${shown.length.toLocaleString("en")}${of} exchange${all === 1 ? "" : "s"} · ${shownSize(bytes)}${waiting ? ` · paused, ${waiting} changed` : ""}`
  }
  const repaint = painter(paint)

  let waiting = 0
  let refreshing = 0
  on("rows", ({ rows: news, first }) => {
    waiting = 0
    rows.take(news, first)
    if (found) search()
    if (!refreshing && news.some((row) => row.number === model.get("selected"))) {
      refreshing = setTimeout(() => {
        refreshing = 0
        showDetail()
      }, 300)
    }
    repaint()
  })
  on("waiting", ({ count: changed, first }) => {
    waiting = changed
    rows.take([], first)
    repaint()
  })

  let searching = 0
  async function search() {
    const words = model.get("filter")
    if (!model.get("deep") || !words.trim()) {
      found = null
      return repaint()
    }
    const number = ++searching
    await quietly(
      ask("search", { words }).then(({ numbers }) => {
        if (number === searching) found = new Set(numbers)
      }),
    )
    repaint()
  }

  follow(model, ["filter", "deep"], () => {
    if (filter.value !== model.get("filter")) filter.value = model.get("filter")
    deep.checked = model.get("deep")
    search()
  })
  follow(model, "sort", () => {
    const sort = model.get("sort")
    for (const [column, cell] of Object.entries(heads)) {
      const direction = { [column]: "ascending", [`-${column}`]: "descending" }[sort]
      if (direction) cell.setAttribute("aria-sort", direction)
      else cell.removeAttribute("aria-sort")
    }
    repaint()
  })
  follow(model, "paused", () => {
    const paused = model.get("paused")
    pause.textContent = paused ? "Resume" : "Pause"
    pause.setAttribute("aria-pressed", String(paused))
    if (!paused) waiting = 0
  })
  follow(model, "view", () => {
    views.select(model.get("view"))
    repaint()
  })
  follow(model, "height", () => {
    grid.style.height = lanes.style.maxHeight = `${model.get("height")}px`
    repaint()
  })
  follow(model, ["selected", "tab"], () => {
    showDetail()
    repaint()
  })

  const resized = new ResizeObserver(repaint)
  resized.observe(grid)

  async function load() {
    let before = state.last + 1
    while (before > state.first) {
      const { rows: some, first } = await ask("rows", { before })
      rows.take(some, first)
      repaint()
      before = Math.min(...some.map((row) => row.number), before - 1)
      if (!some.length) break
    }
    showDetail()
  }
  quietly(load())

  return () => {
    resized.disconnect()
    clearTimeout(refreshing)
  }
})
