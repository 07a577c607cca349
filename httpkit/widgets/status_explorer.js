export default widget(({ model, root, state, ask, announce }) => {
  const id = model.get("_key")
  const byCode = new Map(state.statuses.map((status) => [status.code, status]))
  const search = h("input", {
    type: "search",
    class: "httpkit-grow",
    "aria-label": "Search status codes",
    placeholder: "Search: teapot, too many, 4xx, 404",
    oninput: () => put(model, "query", search.value),
  })
  const list = h("div", { role: "listbox", "aria-label": "Status codes", class: "httpkit-codes" })
  const detail = h("div", { class: "httpkit-code-detail", role: "region", "aria-label": "The status explained" })
  const result = h("div", { role: "region", "aria-label": "The exchange", class: "httpkit-tried" })
  root.append(
    h("div", { class: "httpkit-bar-of-tools" }, search),
    h("div", { class: "httpkit-two" }, list, h("div", {}, detail, result)),
  )

  const options = new Map()
  for (const [group, { name, meaning }] of Object.entries(state.groups)) {
    const members = state.statuses.filter((status) => Math.floor(status.code / 100) === Number(group))
    const heading = h("div", { class: "httpkit-group-name", id: `${id}-${group}`, title: meaning }, `${group}xx ${name}`)
    const items = members.map((status) => {
      const option = h(
        "div",
        { role: "option", tabindex: "-1", onclick: () => choose(status.code) },
        badge(status.code),
        h("span", {}, status.reason),
      )
      option.dataset.code = status.code
      options.set(status.code, option)
      return option
    })
    list.append(h("div", { role: "group", "aria-labelledby": heading.id }, heading, ...items))
  }

  const shown = () => [...options.values()].filter((option) => !option.hidden)

  list.addEventListener("keydown", (event) => {
    const order = shown()
    const at = order.indexOf(event.target)
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: order.length - 1 }[event.key]
    if (at < 0 || !order[to]) return
    event.preventDefault()
    order[to].focus()
    choose(Number(order[to].dataset.code))
  })
  search.addEventListener("keydown", (event) => {
    const first = shown()[0]
    if (!first || !["ArrowDown", "Enter"].includes(event.key)) return
    event.preventDefault()
    first.focus()
    choose(Number(first.dataset.code))
  })

  function choose(code) {
    put(model, "selected", code)
  }

  function matches(status, words) {
    return words.every((word) => {
      if (/^\dxx$/.test(word)) return String(status.code)[0] === word[0]
      return String(status.code).startsWith(word) || status.words.some((each) => each.startsWith(word))
    })
  }

  follow(model, "query", () => {
    const query = model.get("query")
    if (search.value !== query) search.value = query
    const words = query.toLowerCase().split(/\s+/).filter(Boolean)
    for (const [code, option] of options) option.hidden = !matches(byCode.get(code), words)
    for (const group of list.children) group.hidden = !group.querySelector('[role="option"]:not([hidden])')
    const count = shown().length
    if (query) announce(`${count} status code${count === 1 ? "" : "s"}`)
    keepReachable()
  })

  function keepReachable() {
    const reachable = shown().find((option) => option.getAttribute("aria-selected") === "true") ?? shown()[0]
    for (const option of options.values()) option.tabIndex = option === reachable ? 0 : -1
  }

  let tried = 0
  async function tryIt(code, start) {
    const number = ++tried
    start.disabled = true
    try {
      const { html, status } = await ask("trigger", { code })
      if (number !== tried) return
      setHtml(result, html)
      announce(`The server answered ${status}`)
    } catch {
      // It is shown already.
    } finally {
      start.disabled = false
    }
  }

  follow(model, "selected", () => {
    const code = model.get("selected")
    const status = byCode.get(code)
    for (const [each, option] of options) option.setAttribute("aria-selected", String(each === code))
    keepReachable()
    tried++
    result.replaceChildren()
    if (!status) {
      detail.replaceChildren(h("p", { class: "httpkit-dim" }, "Choose a code to see what it means, when servers send it and what to do about it."))
      return
    }
    options.get(code).scrollIntoView({ block: "nearest" })
    const meaning = setHtml(h("span"), status.meaning)
    const start = button(`Try it`, () => tryIt(code, start), {
      class: "httpkit-primary",
      label: `Ask a local server for ${code} and show the exchange`,
    })
    detail.replaceChildren(
      h("p", { class: "httpkit-line" }, badge(code, `${code} ${status.reason}`), " ", meaning),
      setHtml(h("div"), status.details),
      start,
    )
  })
})
