const MOST = 60 // sockets, and requests that wait, drawn of one origin

export default widget(({ root, state, on }) => {
  const counts = h("p", { class: "httpkit-counts" })
  const origins = h("div")
  const rules = h("p", { class: "httpkit-note" })
  root.append(counts, origins, rules)

  function number(kind, word, pool) {
    const most = pool.most[kind] > pool.now[kind] ? h("small", {}, ` at most ${pool.most[kind]}`) : null
    return h("span", { class: `httpkit-count-of httpkit-${kind}` }, h("b", {}, String(pool.now[kind])), ` ${word}`, most)
  }

  function socketOf({ number, kind, port, asked, carried }) {
    const times = carried === 1 ? "1 request" : carried ? `${carried} requests` : kind === "busy" ? "its first request" : ""
    return h(
      "li",
      { class: `httpkit-socket httpkit-${kind}` },
      h("b", {}, `socket ${number}`),
      h("small", {}, port ? [`port ${port}`, times].filter(Boolean).join(" · ") : "connecting"),
      h("span", {}, kind === "busy" ? h("code", {}, asked || "in use") : "free: kept for the next request"),
    )
  }

  function originOf({ name, sockets, waiting }) {
    const left = (count) => (count > MOST ? h("li", { class: "httpkit-dim" }, `and ${count - MOST} more`) : null)
    const queue = waiting.length
      ? h(
          "div",
          { class: "httpkit-queue" },
          h("span", {}, `Waiting for a socket: ${waiting.length}`),
          h("ol", { "aria-label": "Waiting" }, ...waiting.slice(0, MOST).map((asked) => h("li", {}, h("code", {}, asked))), left(waiting.length)),
        )
      : null
    return h(
      "div",
      { role: "group", "aria-label": name, class: "httpkit-origin" },
      h("p", { class: "httpkit-line" }, h("code", {}, name)),
      h("ul", { "aria-label": "Sockets", class: "httpkit-sockets" }, ...sockets.slice(0, MOST).map(socketOf), left(sockets.length)),
      queue,
    )
  }

  function paint(pool) {
    counts.replaceChildren(number("busy", "in use", pool), number("free", "free", pool), number("waiting", "waiting", pool))
    origins.replaceChildren(...(pool.origins.length ? pool.origins.map(originOf) : [h("p", {}, "No socket is open. Send a request with this Agent.")]))
    const { maxSockets, maxFreeSockets, maxTotalSockets } = pool.limits
    const most = (limit) => (limit === null ? "any number" : `at most ${limit.toLocaleString("en")}`)
    const total = maxTotalSockets === null ? "no limit over all origins" : `${most(maxTotalSockets)} over all origins`
    rules.textContent = pool.keepAlive
      ? `keepAlive: a socket stays open after its request. For one origin ${most(maxSockets)} in use and ${most(maxFreeSockets)} free; ${total}. The socket that was used ${pool.scheduling === "fifo" ? "longest ago" : "most recently"} is taken first.`
      : `Without keepAlive each socket is closed after its request. For one origin ${most(maxSockets)}; ${total}.`
  }

  on("pool", ({ pool }) => paint(pool))
  paint(state)
})
