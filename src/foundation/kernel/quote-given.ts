/**
 * What somebody sent, to be said back to them: in quotes where it is a word such as names of fields and kinds are, else
 * `otherwise`. What was pasted into the wrong field may be a secret, and answers are kept where requests are not.
 */
export function quoteGiven(text: string, otherwise: string): string {
  return /^[A-Za-z][A-Za-z_.-]{0,39}$/.test(text) ? `"${text}"` : otherwise
}
