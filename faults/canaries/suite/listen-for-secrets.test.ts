import { createCipheriv, randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { findCanaries } from '../find-canaries.ts'
import { listenForSecrets } from './listen-for-secrets.ts'

const heard = listenForSecrets()

const kindsIn = (content: string) =>
  new Set(findCanaries(heard.canaries.all, [{ place: 'log', content }]).map(({ canary }) => canary.split(' #')[0]))
const seal = (plain: string) =>
  createCipheriv('aes-256-gcm', Buffer.alloc(32), Buffer.alloc(12)).update(Buffer.from(plain))

test('listenForSecrets() learns what is drawn for a token, and not what is drawn for an id', () => {
  expect(kindsIn(randomBytes(32).toString('base64url'))).toEqual(new Set(['random secret']))
  expect(kindsIn(randomBytes(16).toString('base64url'))).toEqual(new Set())
})

test('listenForSecrets() learns what is sealed, but neither hosts nor certificates', () => {
  seal(JSON.stringify({ url: 'https://hooks.example.test/a-secret-path?sig=abcdefghij', secret: 'client-secret-1' }))
  expect(kindsIn('client-secret-1')).toEqual(new Set(['sealed secret']))
  expect(kindsIn('a-secret-path')).toEqual(new Set(['sealed secret']))
  expect(kindsIn('https://hooks.example.test/')).toEqual(new Set())
  seal('-----BEGIN CERTIFICATE-----\nMIIBcertificate\n-----END CERTIFICATE-----')
  expect(kindsIn('MIIBcertificate')).toEqual(new Set())
})
