import { Socket } from 'node:net'
import type { LookupAddress } from 'node:dns'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { MockInstance } from 'vitest'
import { sendEmail } from '#domain/notifications/send-email.ts'
import { post } from '#domain/notifications/post.ts'
import type { Lookup } from '#domain/notifications/receiver.ts'
import { givenReceiver } from '#domain/notifications/testing-receiver.ts'
import { givenMessage } from '#domain/notifications/testing-message.ts'

const signal = new AbortController().signal
const options = { signal, limitMs: 5_000 }
const content = { headers: {}, body: '{}' }

/** Names that an attacker lets point inside. */
const names: Readonly<Record<string, readonly string[]>> = {
  'inside.example.com': ['10.0.0.5'],
  'loop.example.com': ['127.0.0.1'],
  'loop6.example.com': ['::1'],
  'mixed.example.com': ['93.184.215.14', '127.0.0.1'],
  'mixed6.example.com': ['2606:2800:21f::1', 'fd00::1'],
  'metadata.example.com': ['169.254.169.254'],
  'mapped.example.com': ['::ffff:10.0.0.1'],
  'nat64.example.com': ['64:ff9b::a00:1'],
  'sixtofour.example.com': ['2002:a00:1::1'],
  'shared.example.com': ['100.64.3.4'],
  'zero.example.com': ['0.0.0.0'],
  'everyone.example.com': ['255.255.255.255'],
  'many.example.com': ['224.0.0.251'],
  'xn--bcher-kva.example.com': ['192.168.0.10'],
}

const lookup: Lookup = async (host) =>
  (names[host.replace(/\.$/, '')] ?? [host]).map((address): LookupAddress => ({
    address,
    family: address.includes(':') ? 6 : 4,
  }))

/** Hosts as an attacker may write them; each means something that is not on the public internet. */
const hosts = [
  // Loopback, in every way to write a number.
  ['127.0.0.1', '127.1', '127.0.1', '127.127.127.127', '2130706433', '0x7f000001', '017700000001', '0177.0.0.1'],
  ['0x7f.0.0.1', '0x7f.1', '127.0x0.0.1', '00000177.0.0.1', '127.0.0.1.', '0177.0x0.0.01', '0X7F.0.0.1'],
  ['①②⑦.⓪.⓪.①', '１２７.０.０.１', '127。0。0。1', '127．0．0．1', '127%2e0%2e0%2e1', '%31%32%37.0.0.1'],
  ['localhost', 'LOCALHOST', 'localhost.', 'a.localhost', 'ｌｏｃａｌｈｏｓｔ', 'localhost.localdomain', 'ⓛocalhost'],
  // Unspecified, private, shared, link-local, multicast, broadcast, reserved.
  ['0', '0.0.0.0', '0x0', '00', '0.0.0.1', '10.0.0.1', '10.1', '167772161', '0x0a000001', '012.0.0.1', '10.255.1.2'],
  [
    '172.16.0.1',
    '172.31.255.254',
    '2886729729',
    '0xac100001',
    '192.168.0.1',
    '192.168.257',
    '3232235521',
    '0300.0250.0.1',
  ],
  ['100.64.0.1', '100.127.255.254', '1681915905', '169.254.169.254', '2852039166', '0xa9fea9fe', '0251.0376.0251.0376'],
  [
    '169.254.43518',
    '224.0.0.1',
    '239.255.255.250',
    '255.255.255.255',
    '4294967295',
    '0xffffffff',
    '240.0.0.1',
    '198.18.0.1',
  ],
  ['192.0.2.1', '198.51.100.1', '203.0.113.1', '192.88.99.1', '192.0.0.170'],
  // IPv6: loopback, unspecified, mapped, compatible, translated, tunnelled, local, multicast.
  ['[::1]', '[0:0:0:0:0:0:0:1]', '[0000::0001]', '[::]', '[::ffff:127.0.0.1]', '[::ffff:7f00:1]', '[::FFFF:10.0.0.1]'],
  ['[0:0:0:0:0:ffff:a9fe:a9fe]', '[::127.0.0.1]', '[::7f00:1]', '[64:ff9b::127.0.0.1]', '[64:ff9b::a00:1]'],
  ['[64:ff9b::8.8.8.8]', '[64:ff9b:1::a9fe:a9fe]', '[::ffff:0:127.0.0.1]', '[2002:7f00:1::]', '[2002:a9fe:a9fe::1]'],
  ['[2001:0:4136:e378:8000:63bf:3fff:fdd2]', '[fc00::1]', '[fd00:ec2::254]', '[fe80::1]', '[febf::1]', '[fec0::1]'],
  ['[ff02::1]', '[ff05::1:3]', '[100::1]', '[2001:db8::1]', '[3fff::1]', '[5f00::1]'],
  // Names: of the own network, and of others that point into it.
  ['intranet', 'router.local', 'vault.internal', 'metadata.google.internal', 'nas.home.arpa'],
  [...Object.keys(names), 'loop.example.com.', 'LOOP.Example.COM', 'bücher.example.com'],
].flat()

const forms = [
  hosts.map((host) => `https://${host}/hook`),
  // Ports, user names, paths and schemes change nothing.
  ['https://127.0.0.1:443/', 'https://127.0.0.1:8443/', 'https://[::1]:8443/', 'https://localhost:5432/'],
  ['https://hooks.example.com@127.0.0.1/', 'https://127.0.0.1@hooks.example.com/', 'https://a:b@127.0.0.1/'],
  [
    'https://hooks.example.com:443@127.0.0.1/',
    'https://127.0.0.1#@hooks.example.com/',
    'https://127.0.0.1?@x.example.com/',
  ],
  ['https:\\\\127.0.0.1\\hook', 'https:/127.0.0.1/hook', 'https:127.0.0.1/hook', 'https:///127.0.0.1/hook'],
  ['https://127.0.0.1\t/hook', 'https://127.\n0.0.1/hook', ' https://127.0.0.1/hook ', 'HTTPS://127.0.0.1/hook'],
  ['http://93.184.215.14/hook', 'http://127.0.0.1/hook', 'http://[::1]/hook', 'http://loop.example.com/hook'],
  [
    'file:///etc/passwd',
    'gopher://127.0.0.1:25/',
    'ftp://127.0.0.1/',
    'unix:/run/docker.sock',
    'data:,x',
    'ws://127.0.0.1/',
  ],
  ['//127.0.0.1/hook', '127.0.0.1', 'https://', 'https://:443/', 'https://[::1', 'https://[fe80::1%25eth0]/', ''],
].flat()

/** Every TCP connection of this process begins with this, encrypted or not. */
let connects: MockInstance<Socket['connect']>

beforeEach(() => {
  connects = vi.spyOn(Socket.prototype, 'connect')
})

afterEach(() => {
  connects.mockRestore()
})

describe('post()', () => {
  test(`connects to none of ${forms.length} forms of forbidden addresses`, async () => {
    expect(forms.length).toBeGreaterThanOrEqual(100)
    for (const url of forms) {
      const answer = await post({ ...content, url }, { ...options, rules: { allowHosts: [], lookup } })
      expect({ url, ...answer, connects: connects.mock.calls.length }).toEqual({
        url,
        isDelivered: false,
        status: null,
        error: expect.stringMatching(/public internet|must begin with https|not like https|must not carry/),
        connects: 0,
      })
    }
  })

  test('connects where the operator allows it: the count above does count', async () => {
    await using receiver = await givenReceiver()
    const answer = await post({ ...content, url: receiver.url }, { ...options, rules: { allowHosts: ['127.0.0.1'] } })
    expect(answer).toEqual({ isDelivered: true, status: 200, error: null })
    expect(connects).toHaveBeenCalledTimes(1)
  })

  test('connects to the addresses it checked, whatever a second look-up would answer', async () => {
    const answers = [['93.184.215.14'], ['127.0.0.1']]
    const asked = vi.fn<Lookup>(async () => (answers.shift() ?? []).map((address) => ({ address, family: 4 })))
    const connectedTo: unknown[] = []
    connects.mockImplementation(function connect(this: Socket, ...args: unknown[]) {
      const { lookup: pinnedLookup, host } = args[0] as { lookup: CallableFunction; host: string }
      pinnedLookup(host, { all: true }, (_: unknown, found: unknown) => connectedTo.push(found))
      process.nextTick(() => this.destroy(new Error('no network in tests')))
      return this
    })
    const rules = { allowHosts: [], lookup: asked }
    const answer = await post({ ...content, url: 'https://rebinding.example.com/' }, { ...options, rules })
    expect(answer.isDelivered).toBe(false)
    expect(asked).toHaveBeenCalledTimes(1)
    expect(connectedTo).toEqual([[{ address: '93.184.215.14', family: 4 }]])
  })

  test.each([301, 302, 303, 307, 308])(
    'does not follow a redirect (%d), not even to where it may go',
    async (status) => {
      await using inside = await givenReceiver()
      await using receiver = await givenReceiver()
      receiver.reply = (response) => void response.writeHead(status, { location: inside.url }).end()
      const answer = await post({ ...content, url: receiver.url }, { ...options, rules: { allowHosts: ['127.0.0.1'] } })
      expect(answer).toMatchObject({ isDelivered: false, status, error: expect.stringContaining('redirects') })
      expect(inside.received).toEqual([])
      expect(connects).toHaveBeenCalledTimes(1)
    },
  )

  test('reads 64 KiB of an endless answer and says its beginning', async () => {
    await using receiver = await givenReceiver()
    let written = 0
    receiver.reply = (response) => {
      response.writeHead(500)
      const more = () => {
        written += 16_384
        response.write('x'.repeat(16_384), () => setImmediate(more))
      }
      response.on('close', () => (written = -Infinity))
      more()
    }
    const answer = await post({ ...content, url: receiver.url }, { ...options, rules: { allowHosts: ['127.0.0.1'] } })
    expect(answer.status).toBe(500)
    expect(answer.error?.length).toBeLessThan(300)
    await expect.poll(() => written).toBe(-Infinity)
  })

  test('gives up a receiver that never answers, and one that answers too late', async () => {
    await using receiver = await givenReceiver()
    receiver.reply = () => undefined
    const late = { ...options, limitMs: 100, rules: { allowHosts: ['127.0.0.1'] } }
    const answer = await post({ ...content, url: receiver.url }, late)
    expect(answer).toEqual({ isDelivered: false, status: null, error: 'No answer within 0.1 s.' })
  })

  test('takes the time of the look-up into account', async () => {
    const never: Lookup = () => new Promise(() => undefined)
    const rules = { allowHosts: [], lookup: never }
    const answer = await post({ ...content, url: 'https://slow.example.com/' }, { ...options, limitMs: 50, rules })
    expect(answer.error).toBe('No answer within 0.05 s.')
    expect(connects).not.toHaveBeenCalled()
  })

  test('says how long a receiver wants to be left alone', async () => {
    await using receiver = await givenReceiver()
    receiver.reply = (response) => void response.writeHead(429, { 'retry-after': '7.5' }).end('slow down')
    const answer = await post({ ...content, url: receiver.url }, { ...options, rules: { allowHosts: ['127.0.0.1'] } })
    expect(answer).toEqual({
      isDelivered: false,
      status: 429,
      error: 'It answered 429: slow down',
      retryAfterMs: 7_500,
    })
  })
})

describe('sendEmail()', () => {
  test('connects to none of the forbidden hosts either', async () => {
    for (const host of hosts) {
      const settings = { kind: 'email', port: 25, security: 'starttls', username: null, from: 'a@example.com' } as const
      const target = {
        settings: { ...settings, host: host.replace(/^\[|\]$/g, ''), to: ['b@example.com'] as [string] },
      }
      const rules = { allowHosts: [], lookup }
      const answer = await sendEmail(givenMessage(), { ...target, password: null }, { ...options, rules })
      expect({ host, ...answer, connects: connects.mock.calls.length }).toMatchObject({
        host,
        isDelivered: false,
        status: null,
        connects: 0,
      })
    }
  })
})
