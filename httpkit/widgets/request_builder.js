const DOTS = "••••••"
const TABS = { query: "Query", headers: "Headers", body: "Body", auth: "Auth", options: "Options", code: "Code", history: "History" }
const KINDS = { none: "no body", json: "JSON", form: "form", multipart: "form with files", raw: "text", file: "a file" }
const LANGUAGES = { python: "Python", node: "Node.js", curl: "curl", http: "%%http cell", httpie: "HTTPie" }

let items = 0
const newItem = (is_file = false) => ({ name: "", value: "", on: true, is_file, id: `view-${Date.now()}-${++items}` })

/** A list of suggestions for inputs; gives its id. */
function suggestions(root, id, values) {
  const list = h("datalist", { id }, ...values.map((value) => h("option", { value })))
  root.querySelector(`datalist[id="${id}"]`)?.remove()
  root.append(list)
  return id
}

/** A part of a query; templates and dots stay as they are. */
function quoted(text) {
  const pieces = text.split(new RegExp(`(\\{\\{.+?\\}\\}|${DOTS})`))
  return pieces.map((piece, index) => (index % 2 ? piece : encodeURIComponent(piece).replaceAll("%20", "+"))).join("")
}

function unquoted(text) {
  try {
    return decodeURIComponent(text.replaceAll("+", " "))
  } catch {
    return text
  }
}

function wholeUrl({ url, query }) {
  const pairs = query.filter((item) => item.on && item.name).map((item) => `${quoted(item.name)}=${quoted(item.value)}`)
  return pairs.length ? `${url}?${pairs.join("&")}` : url
}

/** What somebody has made of the whole URL: a parameter that was there keeps its place, and what it hides. */
function takenApart(text, query) {
  const [url, ...rest] = text.split("?")
  const known = query.filter((item) => item.on)
  const pairs = rest.join("?").replace(/#.*/, "").split("&").filter(Boolean)
  const items = pairs.map((pair) => {
    const [name, ...value] = pair.split("=")
    const at = known.findIndex((item) => item.name === unquoted(name))
    const item = at < 0 ? newItem() : known.splice(at, 1)[0]
    return { ...item, name: unquoted(name), value: unquoted(value.join("=")) }
  })
  return { url: url.trim(), query: [...items, ...query.filter((item) => !item.on)] }
}

/** Puts a new cell below the one that shows the widget `id`; false where the page has no notebook that one can reach. */
function insertCell(model, id, source) {
  const notebook = model.widget_manager?.context?.model?.sharedModel
  if (typeof notebook?.insertCell !== "function") return false
  const shows = (cell) => JSON.stringify(cell.toJSON().outputs ?? []).includes(id)
  const index = notebook.cells.findLastIndex(shows)
  notebook.insertCell(index < 0 ? notebook.cells.length : index + 1, { cell_type: "code", source, metadata: { trusted: true } })
  return true
}

export default widget(({ model, root, state, ask, on, announce, fail, error }) => {
  const id = model.get("_key")
  let form = state.form
  const me = `view-${Math.random().toString(36).slice(2)}`
  const quietly = (promise) => promise.catch(() => {})

  /** Gives the form to the kernel, and shows it as that answers: without secrets. */
  let told = 0
  function tell(what) {
    const number = ++told
    // The answer to an earlier edit does not know of this one.
    const shown = ask(what, { form, by: me }).then((news) => {
      if (number === told) show(news)
      return true
    })
    return quietly(shown)
  }

  // --- the request line

  const methodNames = suggestions(root, `${id}-methods`, Object.keys(state.methods))
  const method = h("input", { "aria-label": "Method", list: methodNames, class: "httpkit-verb", spellcheck: "false", onchange: () => set({ method: method.value.trim().toUpperCase() }) })
  const url = h("input", {
    "aria-label": "URL",
    class: "httpkit-grow httpkit-address",
    placeholder: ":3000/path or http://host/path",
    spellcheck: "false",
    autocomplete: "off",
    onchange: () => set(takenApart(url.value, form.query)),
    onfocus: () => quietly(ask("urls").then((urls) => url.setAttribute("list", suggestions(root, `${id}-urls`, urls)))),
    onkeydown: (event) => event.key === "Enter" && send(),
  })
  const go = button("Send", send, { class: "httpkit-primary", label: "Send the request" })
  const stop = button("Cancel", () => quietly(ask("cancel")), { label: "Stop waiting for the answer" })
  const verbNote = h("div", { class: "httpkit-verb-note" })
  root.append(h("div", { class: "httpkit-bar-of-tools" }, method, url, go, stop), verbNote)
  root.addEventListener("keydown", (event) => event.key === "Enter" && (event.ctrlKey || event.metaKey) && send())

  const asked = tabs("Request", TABS, (name) => put(model, "tab", name))
  const answer = h("div", { role: "region", "aria-label": "Answer", class: "httpkit-answer", tabindex: "0" })
  root.append(h("div", { class: "httpkit-beside" }, h("div", {}, asked.list, asked.panel), h("div", {}, error, answer)))
  asked.panel.removeAttribute("tabindex")

  // What was sent is shown without its secrets also where somebody is typing.
  let isCommitted = false
  function fill(input, text) {
    if ((isCommitted || document.activeElement !== input) && input.value !== text) input.value = text
  }

  function set(changes) {
    show({ ...form, ...changes })
    tell("edit")
  }

  // --- rows of names and values

  function rowsOf(key, what, { names = [], values = () => [], explain = () => "", files = false } = {}) {
    const nameList = names.length ? suggestions(root, `${id}-${key}`, names) : null
    const list = h("div", { class: "httpkit-items" })
    const note = h("p", { class: "httpkit-note", role: "note" })
    const element = h("div", {}, list, note)
    const lines = new Map()

    function change(id, changes) {
      const known = form[key].some((item) => item.id === id)
      const old = known ? form[key] : [...form[key], lines.get(id).item]
      set({ [key]: old.map((item) => (item.id === id ? { ...item, ...changes } : item)) })
    }

    function line(item) {
      const on = h("input", { type: "checkbox", onchange: () => change(item.id, { on: on.checked }) })
      const name = h("input", {
        list: nameList,
        placeholder: what,
        spellcheck: "false",
        onchange: () => change(item.id, { name: name.value }),
        onfocus: () => explained(name.value),
        oninput: () => explained(name.value),
      })
      const value = h("input", {
        placeholder: "value",
        spellcheck: "false",
        autocomplete: "off",
        onchange: () => change(item.id, { value: value.value }),
        onfocus: () => valueFocused(name.value, value),
      })
      const remove = button("✕", () => set({ [key]: form[key].filter((each) => each.id !== item.id) }))
      const upload = files ? fileOf(item, value) : null
      const element = h("div", { class: `httpkit-item${files ? " httpkit-with-file" : ""}` }, on, name, value, upload, remove)
      return { item, element, on, name, value, remove }
    }

    function label({ on, name, value, remove }, number) {
      on.setAttribute("aria-label", `Send ${what} ${number}`)
      name.setAttribute("aria-label", `Name of ${what} ${number}`)
      value.setAttribute("aria-label", `Value of ${what} ${number}`)
      remove.setAttribute("aria-label", `Remove ${what} ${number}`)
    }

    function fileOf(item, value) {
      const input = h("input", { type: "file", hidden: true, "aria-label": "A file of this computer", onchange: chosen })
      const pick = button("File…", () => input.click(), { label: "Choose a file for this part" })
      async function chosen() {
        const [file] = input.files
        if (!file) return
        await quietly(ask("upload", { item: item.id, name: file.name }, [await file.arrayBuffer()]))
        value.value = file.name
        change(item.id, { value: file.name, is_file: true })
      }
      return h("span", {}, pick, input)
    }

    function explained(name) {
      setHtml(note, explain(name))
    }

    function valueFocused(name, input) {
      explained(name)
      const usual = values(name)
      if (usual.length) input.setAttribute("list", suggestions(root, `${id}-values`, usual))
      else input.removeAttribute("list")
    }

    /** Brings the lines up to what the form says; what somebody types in just now is left alone. */
    function paint() {
      const shown = [...form[key], lines.get(spare)?.item ?? newItem(files)]
      if (form[key].some((item) => item.id === spare)) shown[shown.length - 1] = newItem(files)
      spare = shown.at(-1).id
      for (const [id, { element: old }] of lines) {
        if (shown.some((item) => item.id === id)) continue
        old.remove()
        lines.delete(id)
      }
      shown.forEach((item, index) => {
        if (!lines.has(item.id)) lines.set(item.id, line(item))
        const { on: box, name, value, element: row } = lines.get(item.id)
        label(lines.get(item.id), index + 1)
        box.checked = item.on
        fill(name, item.name)
        fill(value, item.value)
        row.classList.toggle("httpkit-spare", item.id === spare)
        if (list.children[index] !== row) list.insertBefore(row, list.children[index] ?? null)
      })
    }
    let spare = ""
    return { element, paint }
  }

  const headers = state.headers
  const headerOf = (name) => Object.keys(headers).find((each) => each.toLowerCase() === name.trim().toLowerCase()) ?? ""
  const query = rowsOf("query", "parameter")
  const lines = rowsOf("headers", "header", { names: Object.keys(headers), values: (name) => state.values[headerOf(name)] ?? [], explain: (name) => headers[headerOf(name)] ?? "" })

  // --- the body

  const kind = h("select", { "aria-label": "Kind of body", onchange: () => set({ kind: kind.value }) }, ...Object.entries(KINDS).map(([value, text]) => h("option", { value }, text)))
  const mediaType = h("input", { "aria-label": "Media type", list: suggestions(root, `${id}-types`, ["text/plain", "application/xml", "text/html", "text/csv", "application/x-ndjson", "application/graphql"]), onchange: () => set({ media_type: mediaType.value }) })
  const text = h("textarea", { "aria-label": "Body text", rows: "9", spellcheck: "false", onchange: () => set({ text: text.value }), oninput: checkJson })
  const fault = h("p", { class: "httpkit-note", role: "note" })
  const format = button("Format", formatJson, { label: "Format the JSON" })
  const parts = rowsOf("parts", "field")
  const fileParts = rowsOf("parts", "part", { files: true })
  const path = h("input", { "aria-label": "Path of the file", placeholder: "path of a file beside the notebook", class: "httpkit-grow", onchange: () => set({ file: path.value }) })
  const fileInput = h("input", { type: "file", hidden: true, "aria-label": "A file of this computer", onchange: uploadBody })
  const body = h(
    "div",
    {},
    h("div", { class: "httpkit-bar-of-tools" }, h("label", {}, "Send ", kind), mediaType, format),
    text,
    fault,
    parts.element,
    fileParts.element,
    h("div", { class: "httpkit-bar-of-tools httpkit-path" }, path, button("File…", () => fileInput.click(), { label: "Choose a file as the body" }), fileInput),
  )

  async function uploadBody() {
    const [file] = fileInput.files
    if (!file) return
    await quietly(ask("upload", { item: "file", name: file.name }, [await file.arrayBuffer()]))
    set({ file: file.name })
  }

  function checkJson() {
    fault.textContent = ""
    if (kind.value !== "json" || !text.value.trim() || text.value.includes("{{")) return
    try {
      JSON.parse(text.value)
    } catch (error) {
      fault.textContent = `Not JSON yet: ${error.message}`
    }
  }

  function formatJson() {
    try {
      text.value = JSON.stringify(JSON.parse(text.value), null, 2)
      set({ text: text.value })
    } catch {
      checkJson()
    }
  }

  function paintBody() {
    kind.value = form.kind
    mediaType.hidden = form.kind !== "raw"
    format.hidden = form.kind !== "json"
    text.hidden = !["json", "raw"].includes(form.kind)
    parts.element.hidden = form.kind !== "form"
    fileParts.element.hidden = form.kind !== "multipart"
    path.parentNode.hidden = form.kind !== "file"
    fill(mediaType, form.media_type)
    fill(text, form.text)
    fill(path, form.file)
    text.placeholder = form.kind === "json" ? '{"name": "Ann"}' : ""
    parts.paint()
    fileParts.paint()
    checkJson()
  }

  // --- credentials and options

  const auth = h("select", { "aria-label": "Kind of credentials", onchange: () => set({ auth: auth.value }) }, h("option", { value: "none" }, "none"), h("option", { value: "basic" }, "name and password"), h("option", { value: "bearer" }, "a bearer token"))
  const user = h("input", { "aria-label": "User name", placeholder: "name", autocomplete: "off", onchange: () => set({ user: user.value }) })
  const secret = h("input", { type: "password", "aria-label": "Password or token", placeholder: "secret, or {{name}}", autocomplete: "new-password", onchange: () => set({ secret: secret.value }) })
  const authTab = h(
    "div",
    {},
    h("div", { class: "httpkit-bar-of-tools" }, h("label", {}, "Credentials: ", auth), user, secret),
    h("p", { class: "httpkit-note" }, "They stay in the kernel: neither the page nor the notebook’s file has them. {{name}} takes them from a name of the notebook."),
  )
  const followed = h("input", { type: "checkbox", onchange: () => set({ follow: followed.checked }) })
  const verified = h("input", { type: "checkbox", onchange: () => set({ verify: verified.checked }) })
  const timeout = h("input", { type: "number", min: "0", step: "1", class: "httpkit-number-input", onchange: () => set({ timeout: Number(timeout.value) * 1000 }) })
  const options = h(
    "div",
    { class: "httpkit-options" },
    h("label", {}, followed, " Follow redirects"),
    h("label", {}, verified, " Check the server’s certificate"),
    h("label", {}, "Give up after ", timeout, " seconds of silence"),
  )

  // --- the same request as code

  const code = h("div")
  const languages = tabs("Language", LANGUAGES, (name) => {
    language = name
    paintCode()
  })
  let language = "python"
  let codeText = ""
  const copy = button("Copy", () => quietly(navigator.clipboard.writeText(codeText).then(() => announce("Copied"))), { label: "Copy the code" })
  const insert = button("Insert as %%http cell", insertIt, { label: "Insert the request as a %%http cell below" })
  code.append(languages.list, languages.panel, h("div", { class: "httpkit-bar-of-tools" }, copy, insert))

  async function paintCode() {
    languages.select(language)
    try {
      const { html, text: source } = await ask("code", { language })
      codeText = source
      setHtml(languages.panel, html)
    } catch {
      // It is said beside it.
      codeText = ""
      languages.panel.replaceChildren()
    }
    copy.disabled = insert.disabled = !codeText
  }

  async function insertIt() {
    await quietly(
      ask("code", { language: "http" }).then(async ({ text: source }) => {
        if (insertCell(model, id, source)) return announce("Inserted below as a cell")
        await navigator.clipboard.writeText(source)
        announce("Copied: paste it into a cell")
        fail("This page does not let widgets add cells. The text is copied: paste it into a cell.")
      }),
    )
  }

  // --- what was sent before

  const history = h("div", { role: "group", "aria-label": "History" })
  function paintHistory(past) {
    const rows = [...past].reverse().map(({ number, method: verb, url: address, status, time }) =>
      h("li", {}, button("", () => recall(number), { label: `${verb} ${address}, ${status || "failed"}` })),
    )
    rows.forEach((row, index) => {
      const { method: verb, url: address, status, time } = past[past.length - 1 - index]
      row.firstChild.append(h("b", {}, verb), " ", h("code", {}, address), " ", status ? badge(status) : h("span", { class: "httpkit-failed" }, "failed"), " ", h("small", {}, shownMs(time)))
    })
    history.replaceChildren(rows.length ? h("ol", { class: "httpkit-history" }, ...rows) : h("p", {}, "Requests that you send are listed here."))
  }

  function recall(number) {
    quietly(ask("recall", { number }).then(({ html }) => setHtml(answer, html)))
  }

  // --- sending

  async function send() {
    // What somebody is still typing counts, too.
    const field = document.activeElement
    if (root.contains(field) && field.matches("input:not([type=file]), textarea")) field.dispatchEvent(new Event("change"))
    isCommitted = true
    form = { ...form, method: method.value.trim().toUpperCase(), ...takenApart(url.value, form.query) }
    if (!(await tell("send"))) answer.replaceChildren()
  }

  on("progress", ({ html }) => setHtml(answer, html))
  on("answer", ({ html, history: past }) => {
    setHtml(answer, html)
    paintHistory(past)
    const last = past.at(-1)
    announce(model.get("status") ? `Answered ${model.get("status")}` : last && !last.status ? "The request failed" : "Stopped")
  })
  on("form", ({ form: news, by }) => by !== me && show(news))

  const panels = { query: query.element, headers: lines.element, body, auth: authTab, options, code, history }
  asked.panel.append(...Object.values(panels))
  function show(news) {
    form = news
    fill(method, form.method)
    fill(url, wholeUrl(form))
    fill(user, form.user)
    fill(secret, form.secret)
    fill(timeout, String(form.timeout / 1000))
    auth.value = form.auth
    user.hidden = form.auth !== "basic"
    secret.hidden = form.auth === "none"
    // Dots and templates may be seen.
    secret.type = form.secret === DOTS || form.secret.startsWith("{{") ? "text" : "password"
    followed.checked = form.follow
    verified.checked = form.verify
    setHtml(verbNote, state.methods[form.method] ?? "")
    query.paint()
    lines.paint()
    paintBody()
    isCommitted = false
    asked.count("query", form.query.filter((item) => item.on && item.name).length)
    asked.count("headers", form.headers.filter((item) => item.on && item.name).length)
    if (model.get("tab") === "code") paintCode()
  }

  follow(model, "tab", () => {
    const tab = model.get("tab")
    asked.select(tab)
    fail(null)
    for (const [name, panel] of Object.entries(panels)) panel.hidden = name !== tab
    if (tab === "code") paintCode()
  })
  follow(model, "busy", () => {
    const busy = model.get("busy")
    go.hidden = busy
    stop.hidden = !busy
    answer.setAttribute("aria-busy", String(busy))
  })
  show(form)
  paintHistory(state.history)
  setHtml(answer, state.answer || "<p>The answer will be here.</p>")
})
