// What the widgets have in common. It stands in front of each widget's own module, as there is nothing to load it from.

/** An element. `on…` are listeners, `class`, `aria-…` and the like attributes; children are elements or text. */
function h(name, attributes = {}, ...children) {
  const element = document.createElement(name)
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value)
    else if (key === "value" || key === "checked") element[key] = value
    else if (value === true) element.setAttribute(key, "")
    else if (value !== false && value != null) element.setAttribute(key, value)
  }
  element.append(...children.filter((child) => child != null && child !== false))
  return element
}

/** Puts HTML into an element that Python has made: all that came over the wire is escaped in it. */
function setHtml(element, html) {
  element.innerHTML = html
  return element
}

function shownMs(ms) {
  if (ms == null) return ""
  if (ms >= 1000) return `${(ms / 1000).toFixed(2)} s`
  return ms >= 0.05 || !ms ? `${ms.toFixed(1)} ms` : "<0.1 ms"
}

function shownSize(bytes) {
  if (bytes == null) return ""
  if (bytes < 1000) return `${bytes} B`
  if (bytes < 999_950) return `${(bytes / 1000).toFixed(1)} kB`
  return bytes < 999_950_000 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(1)} GB`
}

function badge(code, text = String(code)) {
  const group = code >= 100 && code < 600 ? Math.floor(code / 100) : 5
  return h("strong", { class: `httpkit-badge httpkit-${group}xx` }, text)
}

/** A button; `label` says in words what a short `text` does. */
function button(text, onclick, { label, ...attributes } = {}) {
  return h("button", { type: "button", onclick, "aria-label": label, title: label, ...attributes }, text)
}

/** Calls `paint` once in the next frame, however often it is asked for. */
function painter(paint) {
  let asked = 0
  return () => {
    asked ||= requestAnimationFrame(() => {
      asked = 0
      paint()
    })
  }
}

let tabLists = 0

/** Tabs: arrow keys choose, `select(name)` too; `onselect(name)` hears of it. Gives the list, its panel and `select`. */
function tabs(label, names, onselect) {
  const id = `httpkit-tabs-${++tabLists}-${Math.random().toString(36).slice(2, 8)}`
  const panel = h("div", { role: "tabpanel", id, tabindex: "0", class: "httpkit-panel" })
  const list = h("div", { role: "tablist", "aria-label": label, class: "httpkit-tabs" })
  const buttons = new Map()
  for (const [name, title] of Object.entries(names)) {
    const each = h("button", { type: "button", role: "tab", id: `${id}-${name}`, "aria-controls": id }, title)
    each.addEventListener("click", () => choose(name))
    buttons.set(name, each)
    list.append(each)
  }
  list.addEventListener("keydown", (event) => {
    const order = [...buttons.keys()]
    const at = order.findIndex((name) => buttons.get(name) === event.target)
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: order.length - 1 }[event.key]
    if (at < 0 || to === undefined) return
    event.preventDefault()
    const name = order.at(to % order.length)
    buttons.get(name).focus()
    choose(name)
  })
  function select(name) {
    for (const [each, element] of buttons) {
      element.setAttribute("aria-selected", String(each === name))
      element.tabIndex = each === name ? 0 : -1
    }
    panel.setAttribute("aria-labelledby", `${id}-${name}`)
  }
  function choose(name) {
    select(name)
    onselect(name)
  }
  /** Says how many there are of what a tab has. */
  function count(name, number) {
    buttons.get(name).textContent = number ? `${names[name]} ${number}` : names[name]
  }
  return { list, panel, select, count }
}

/** What a view and its kernel say to each other: `ask(do, …)` is answered once, `on(tell, …)` hears what changes. */
function connect(model) {
  const view = crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`
  const waiting = new Map()
  const listeners = new Map()
  let count = 0
  function heard(content, buffers) {
    if (content.answer !== undefined) {
      const settle = waiting.get(content.answer)
      waiting.delete(content.answer)
      if (!settle) return
      if (content.error !== undefined) settle.reject(new Error(content.error))
      else settle.resolve(content.value)
    } else for (const listener of listeners.get(content.tell) ?? []) listener(content, buffers)
  }
  model.on("msg:custom", heard)
  function send(content, buffers) {
    const ask = `${view} ${++count}`
    return new Promise((resolve, reject) => {
      waiting.set(ask, { resolve, reject })
      model.send({ ask, ...content }, undefined, buffers)
    })
  }
  function bye() {
    try {
      model.send({ bye: view })
    } catch {
      // There is no kernel any more that could hear it.
    }
  }
  addEventListener("pagehide", bye)
  return {
    hello: () => send({ hello: view }),
    ask: (what, given = {}, buffers = []) => send({ do: what, ...given }, buffers),
    on: (what, listener) => listeners.set(what, [...(listeners.get(what) ?? []), listener]),
    leave() {
      removeEventListener("pagehide", bye)
      model.off("msg:custom", heard)
      bye()
    },
  }
}

/** Hides the plain HTML that stands in for a view where there is no kernel; gives what shows it again. */
function hideStandIn(id) {
  const standIn = `[data-httpkit-live="${id}"]`
  // In JupyterLab an output has a frame of its own, with a prompt.
  const style = h("style", {}, `${standIn}, .jp-OutputArea-child:has(${standIn}) { display: none !important; }`)
  document.head.append(style)
  return () => style.remove()
}

/**
 * The whole model behind `model`, where the page gives it, once messages may be sent.
 *
 * JupyterLab has a channel of their own for widgets, so that they are answered while a cell is busy; what is sent before
 * that is open goes another way.
 */
async function opened(model) {
  const whole = await model.widget_manager?.get_model?.(model.get("_key"))
  await whole?.comm?.jsServicesComm?.subshellStarted
  return whole
}

/**
 * A widget: `mount(context)` builds a view in `root` and gives what cleans up after it. The context also has `model`,
 * `state`, what the kernel says of itself at first, `ask`, `on`, `announce(text)` for screen readers, `fail(error)`.
 */
function widget(mount) {
  return {
    render({ model, el }) {
      const { hello, ask, on, leave } = connect(model)
      const leaving = []
      let isGone = false
      async function show() {
        const whole = await opened(model)
        const state = await hello()
        if (isGone) return
        const frame = framed(state.label, whole)
        el.append(frame.root)
        leaving.push(mount({ model, state, on, ...frame, ask: frame.watched(ask) }) ?? (() => {}))
        // Where a widget has no better place for it.
        if (!frame.error.isConnected) frame.root.append(frame.error)
        frame.root.append(frame.news)
        leaving.push(hideStandIn(model.get("_key")))
      }
      show().catch((error) => {
        console.error(error)
        el.append(h("p", { role: "alert" }, `This view could not be shown: ${error.message}`))
      })
      return () => {
        isGone = true
        leaving.forEach((each) => each())
        leave()
      }
    },
  }
}

/** What every view has around it: its root, and where it says what is new and what went wrong. */
function framed(label, whole) {
  const news = h("div", { role: "status", class: "httpkit-unseen" })
  const error = h("p", { role: "alert", class: "httpkit-error", hidden: true })
  const root = h("section", { class: "httpkit httpkit-live", "aria-label": label })
  // JupyterLab would take "x" for "cut the cell" while a row has the focus, VS Code would take arrows.
  root.dataset.lmSuppressShortcuts = "true"
  root.addEventListener("keydown", (event) => event.stopPropagation())
  const announce = (text) => (news.textContent = text)
  const fail = (reason) => {
    error.hidden = !reason
    error.textContent = reason ? (reason.message ?? String(reason)) : ""
  }
  const gone = "The kernel was restarted: run %load_ext httpkit, then this cell again."
  const isDead = () => whole?.comm_live === false
  whole?.on?.("comm_live_update", () => {
    root.classList.toggle("httpkit-gone", isDead())
    fail(isDead() ? gone : null)
  })
  const watched = (ask) => (what, given, buffers) => {
    fail(isDead() ? gone : null)
    const answer = isDead() ? Promise.reject(new Error(gone)) : ask(what, given, buffers)
    answer.catch(fail)
    return answer
  }
  return { root, news, error, announce, fail, watched }
}

/** Follows a trait: `paint` is called now and whenever it changes. */
function follow(model, names, paint) {
  for (const name of [names].flat()) model.on(`change:${name}`, paint)
  paint()
}

/** Sets a trait, for all views and for Python. */
function put(model, name, value) {
  if (model.get(name) === value) return
  model.set(name, value)
  model.save_changes()
}
