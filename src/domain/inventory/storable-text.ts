/** Text as PostgreSQL takes it: it stores no NUL, and half a surrogate pair is no UTF-8. */
export function storableText(text: string): string {
  return text.replaceAll('\0', '').toWellFormed()
}
