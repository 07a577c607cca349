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
  return { list, panel, select }
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
  const bye = () => model.send({ bye: view })
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

/** Hides the plain HTML that stands in for a view where there is no kernel, and gives what shows it again. */
function hideStandIn(element, id) {
  const output = element.closest(".jp-OutputArea") ?? document
  const hidden = []
  for (const each of output.querySelectorAll(`[data-httpkit-live="${id}"]`)) {
    // In JupyterLab an output has a frame of its own, with a prompt.
    const whole = each.closest(".jp-OutputArea-child") ?? each
    if (whole.contains(element)) continue
    whole.style.display = "none"
    hidden.push(whole)
  }
  return () => hidden.forEach((each) => (each.style.display = ""))
}

/**
 * A widget: `mount(context)` builds a view in `root` and gives what cleans up after it. The context also has `model`,
 * `state`, what the kernel says of itself at first, `ask`, `on`, `announce(text)` for screen readers, `fail(error)`.
 */
function widget(mount) {
  return {
    render({ model, el }) {
      const { hello, ask, on, leave } = connect(model)
      let cleanUp = () => {}
      let isGone = false
      let showStandIn = () => {}
      hello().then((state) => {
        if (isGone) return
        const news = h("div", { role: "status", class: "httpkit-unseen" })
        const error = h("p", { role: "alert", class: "httpkit-error", hidden: true })
        const root = h("section", { class: "httpkit httpkit-live", "aria-label": state.label })
        // JupyterLab would take "x" for "cut the cell" while a row has the focus, VS Code would take arrows.
        root.dataset.lmSuppressShortcuts = "true"
        root.addEventListener("keydown", (event) => event.stopPropagation())
        const announce = (text) => (news.textContent = text)
        const fail = (reason) => {
          error.hidden = !reason
          error.textContent = reason ? (reason.message ?? String(reason)) : ""
        }
        const watched = (...request) => {
          fail(null)
          const answer = ask(...request)
          answer.catch(fail)
          return answer
        }
        el.append(root)
        cleanUp = mount({ model, root, state, ask: watched, on, announce, fail }) ?? cleanUp
        root.append(error, news)
        showStandIn = hideStandIn(el, state.id)
      }).catch((error) => {
        console.error(error)
        el.append(h("p", { role: "alert" }, `This view could not be shown: ${error.message}`))
      })
      return () => {
        isGone = true
        cleanUp()
        showStandIn()
        leave()
      }
    },
  }
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
