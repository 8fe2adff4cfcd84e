/** Rows as CSV (RFC 4180) with a header line. */
export function toCsv(headers: readonly string[], rows: readonly (readonly string[])[]): string {
  return [headers, ...rows].map((row) => `${row.map(csvField).join(',')}\r\n`).join('')
}

// A spreadsheet takes a cell that starts like this for a formula; the apostrophe makes it text.
function csvField(text: string): string {
  const isNumber = /^-?\d+(\.\d+)?$/.test(text)
  const safe = /^[=+\-@\t\r\0]/.test(text) && !isNumber ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
