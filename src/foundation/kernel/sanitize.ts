const maxLength = 500

/**
 * What must never be stored, logged or shown, and what stands in its place. Order matters: the wider shapes first.
 * Bounded quantifiers only, so that a hostile text cannot make a pattern slow.
 */
const secrets: readonly (readonly [pattern: RegExp, replacement: string])[] = [
  [/-----BEGIN [A-Z0-9 ]{1,40}-----[\s\S]*?(?:-----END [A-Z0-9 ]{1,40}-----|$)/g, '[pem]'],
  [/\beyJ[\w-]{8,}(?:\.[\w-]*){1,4}/g, '[token]'],
  // Not a plain word: a policy may be called "Basic Configuration".
  [
    /\b(Bearer|bearer|BEARER|Basic|basic|BASIC)\s+(?!(?:[A-Za-z]?[a-z]{1,40}|[A-Z]{1,40})(?![\w.~+/=-]))[\w.~+/=-]{8,}/g,
    '$1 [secret]',
  ],
  [/\b([a-z][a-z0-9+.-]{1,20}:\/\/)[^\s/@:]{0,200}:[^\s/@]{1,500}@/gi, '$1[secret]@'],
  [
    /\b([\w-]{0,40}(?:secret|password|passwd|pwd|token|assertion|api[_-]?key|access[_-]?key|account[_-]?key|private[_-]?key|credential|cookie|authorization|signature|sig)["']?\s{0,4}[=:]\s{0,4})(?!\[)(?:"[^"]*"|'[^']*'|[^\s,;&"'}]+)/gi,
    '$1[secret]',
  ],
  [/\bta_[\w-]{16,}/g, '[token]'],
  [/[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}/g, '[e-mail]'],
]

const longKey = /\b(?=[\w+/~.-]{0,200}[A-Z])(?=[\w+/~.-]{0,200}[0-9])[A-Za-z0-9+/_~.-]{40,}={0,2}/g

/**
 * A message that may be stored and shown: tokens, keys, secrets, connection strings' passwords and e-mail addresses
 * are replaced, JSON and HTML bodies cut, at most 500 characters.
 */
export function sanitizeMessage(text: string): string {
  // Cut before searching: nothing behind the cut can be in the result, and the cost stays bounded.
  let message = withoutBody(text.slice(0, maxLength * 8))
  for (const [pattern, replacement] of secrets) message = message.replace(pattern, replacement)
  message = message.replace(longKey, (text) => (isJoinedWords(text) ? text : '[secret]'))
  message = message.replace(/\s+/g, ' ').trim()
  return message.length <= maxLength ? message : `${message.slice(0, maxLength - 1)}…`
}

/**
 * Words and numbers with dashes between, as policies are named: `Contoso-Windows-SecurityBaseline-03-Device`. Of random keys
 * of 40 characters two in a million look so.
 */
function isJoinedWords(text: string): boolean {
  const parts = text.split(/[-_.]/)
  return parts.length > 2 && parts.every(isWord)
}

/** `SecurityBaseline`, `iOS`, `WIN11`, `03`: few changes between capitals, small letters and digits, and these at an end only. */
function isWord(part: string): boolean {
  const runs = part.match(/[A-Z]+|[a-z]+|\d+|[^A-Za-z\d]+/g) ?? []
  const last = runs.length - 1
  return (
    last <= 1 + part.length / 3 &&
    runs.every((run, at) => {
      if (/\d/.test(run)) return (at === 0 || at === last) && run.length <= 4
      return /[a-z]/.test(run) ? at === 0 || run.length >= 2 : /^[A-Z]{1,12}$/.test(run)
    })
  )
}

/** Replies quoted in a message help nobody and may hold anything. */
function withoutBody(text: string): string {
  return text
    .replace(/<(?:!doctype|html)\b[\s\S]*$/i, '[body]')
    .replace(/[{[](?=[\s\S]{200})\s*["{[][\s\S]*$/, '[body]')
}
