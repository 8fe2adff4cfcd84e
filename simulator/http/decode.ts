/** Decodes a part of an address; one with a stray percent sign is taken as it stands, for it names nothing anyway. */
export function decodeLoosely(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
