export type Platform = 'windows' | 'macos' | 'ios' | 'android' | 'linux'

/** What administrators write for a platform: short for tables, long for people. */
export const platformWords: Readonly<Record<Platform, { code: string; word: string }>> = {
  windows: { code: 'WIN', word: 'Windows' },
  macos: { code: 'MAC', word: 'macOS' },
  ios: { code: 'IOS', word: 'iOS' },
  android: { code: 'AND', word: 'Android' },
  linux: { code: 'LNX', word: 'Linux' },
}

export const platforms = Object.keys(platformWords) as readonly Platform[]
