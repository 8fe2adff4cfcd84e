import { expect, test } from 'vitest'
import { serverUrl } from '#entrypoints/cli/server/server-url.ts'

test.each([
  ['https://atlas.example.com', 'https://atlas.example.com'],
  ['atlas.example.com', 'https://atlas.example.com'],
  ['https://example.com/atlas/', 'https://example.com/atlas'],
  ['https://atlas.example.com/?x=1#top', 'https://atlas.example.com'],
  ['localhost:4780', 'http://localhost:4780'],
  ['http://127.0.0.1:4780/', 'http://127.0.0.1:4780'],
  ['http://[::1]:4780', 'http://[::1]:4780'],
  ['127.0.0.1:4780', 'http://127.0.0.1:4780'],
  ['https://atlas', 'https://atlas'],
])('serverUrl() reads %s', (text, url) => {
  expect(serverUrl(text)).toBe(url)
})

test.each([
  ['http://atlas.example.com', 'is not encrypted'],
  ['http://localhost.example.com', 'is not encrypted'],
  ['ftp://atlas.example.com', 'is no address of a server'],
  ['https://ada:secret@atlas.example.com', 'is no address of a server'],
  ['', 'is no address of a server'],
  ['ta_3kZpAPIkeyInTheWrongPlace', 'is no address of a server'],
  ['atlas', 'is no address of a server'],
  ['https://', 'is no address of a server'],
])('serverUrl() refuses %j', (text, message) => {
  expect(() => serverUrl(text)).toThrow(message)
})
