// Keeps the page as the ledger is: the server sends the live part of the page whenever it changed, and only the rows
// that differ are replaced, so that neither focus nor a selection in the others is lost.
const live = document.querySelector('[data-live]')
const state = document.querySelector('#live-state')
const policy = globalThis.trustedTypes?.createPolicy('fragment', { createHTML: (html) => html })

if (live !== null) follow(live)

function follow(target) {
  const source = new EventSource(target.dataset.live)
  let poll
  source.addEventListener('open', () => {
    clearInterval(poll)
    poll = undefined
    say('Live')
  })
  source.addEventListener('fragment', ({ data }) => update(target, JSON.parse(data)))
  source.addEventListener('error', () => {
    say('Reconnecting …')
    poll ??= setInterval(() => void askAgain(target), 3000)
  })
}

// A proxy or a browser that holds back the stream: the same fragment, asked for.
async function askAgain(target) {
  try {
    const answer = await fetch(target.dataset.fragment)
    if (answer.status === 401) return location.reload()
    if (!answer.ok) throw new Error(`HTTP ${answer.status}`)
    update(target, await answer.text())
    say('Updated every 3 s')
  } catch {
    say('TenantAtlas does not answer')
  }
}

function update(target, html) {
  const template = document.createElement('template')
  template.innerHTML = policy === undefined ? html : policy.createHTML(html)
  reconcile(target, template.content)
}

/** Makes the children of `shown` those of `wanted`: elements with an id are matched by it and kept where equal. */
function reconcile(shown, wanted) {
  const focusedId = document.activeElement?.id
  const known = new Map([...shown.children].filter((child) => child.id !== '').map((child) => [child.id, child]))
  const children = [...wanted.children].map((child) => merged(known.get(child.id), child))
  children.forEach((child, index) => {
    if (shown.children[index] !== child) shown.insertBefore(child, shown.children[index] ?? null)
  })
  while (shown.children.length > children.length) shown.lastElementChild.remove()
  if (focusedId !== undefined && focusedId !== '' && document.activeElement?.id !== focusedId) {
    document.getElementById(focusedId)?.focus({ preventScroll: true })
  }
}

function merged(shown, wanted) {
  if (shown === undefined) return wanted
  if (shown.outerHTML === wanted.outerHTML) return shown
  if (!shown.matches('[data-keep]') || shown.tagName !== wanted.tagName) return wanted
  reconcile(shown, wanted)
  return shown
}

function say(text) {
  if (state !== null && state.textContent !== text) state.textContent = text
}
