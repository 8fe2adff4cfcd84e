/** What is under way now; on stderr, because stdout belongs to the figures. */
export function say(line: string): void {
  process.stderr.write(`${line}\n`)
}
