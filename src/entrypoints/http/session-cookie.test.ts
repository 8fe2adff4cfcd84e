import { expect, test } from 'vitest'
import { cookiesFor } from '#entrypoints/http/session-cookie.ts'

test('cookiesFor() an https address are bound to this host, encrypted only, and out of reach of scripts and other sites', () => {
  const { session, system, signIn } = cookiesFor('https://atlas.example.com')
  for (const cookie of [session, system, signIn]) {
    const [pair = '', ...attributes] = cookie.header('token').split('; ')
    expect(pair).toMatch(/^__Host-tenantatlas[a-z-]*=token$/)
    expect(attributes.filter((attribute) => !attribute.startsWith('Max-Age='))).toEqual([
      'Path=/',
      'HttpOnly',
      'Secure',
      'SameSite=Lax',
    ])
  }
})

test('cookiesFor() an https address take no token from a cookie that a neighbour could have set', () => {
  const { session } = cookiesFor('https://atlas.example.com')
  expect(session.read('__Host-tenantatlas=token')).toBe('token')
  expect(session.read('tenantatlas=token; __Secure-tenantatlas=token')).toBeUndefined()
})

test('cookiesFor() live as long as what they stand for, and are taken away whole', () => {
  const { session, signIn } = cookiesFor('https://atlas.example.com')
  expect(session.header('token')).toContain('Max-Age=43200')
  expect(signIn.header('token')).toContain('Max-Age=900')
  expect(session.header()).toMatch(/^__Host-tenantatlas=; Max-Age=0; /)
})
