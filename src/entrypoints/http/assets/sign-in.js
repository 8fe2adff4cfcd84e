// Sends the forms of the sign-in pages as JSON. A token in the address stands behind the #, so it reaches no log.
const tokenOfAddress = location.hash.slice(1)

for (const form of document.querySelectorAll('form[data-send]'))
  form.addEventListener('submit', (event) => void send(event, form))
if (document.querySelector('[data-invitation]') !== null) void showInvitation()
const deviceCode = document.querySelector('form[data-device-code]')
const deviceAnswer = document.querySelector('form[data-device-answer]')
if (deviceCode !== null) {
  deviceCode.addEventListener('submit', (event) => void showDevice(event))
  deviceAnswer.addEventListener('submit', (event) => void answerDevice(event, true))
  deviceAnswer.querySelector('[data-deny]').addEventListener('click', (event) => void answerDevice(event, false))
}

async function send(event, form) {
  event.preventDefault()
  const inputs = [...form.querySelectorAll('input')]
  // A password is what was typed, spaces included.
  const values = Object.fromEntries(
    inputs.map(({ name, type, value }) => [name, type === 'password' ? value : value.trim()]),
  )
  if ('tokenFromAddress' in form.dataset) values[form.dataset.tokenFromAddress || 'token'] = tokenOfAddress
  if ('returnTo' in form.dataset) values.returnTo = form.dataset.returnTo
  if ('secondFactor' in form.dataset) values.totpSecret = document.querySelector('#totp-secret').textContent
  await working(form, async () => {
    const answer = await post(form.dataset.send, values)
    if (answer.recoveryCodes !== undefined) showCodes(form, answer.recoveryCodes)
    else location.assign(answer.url ?? answer.returnTo ?? '/')
  })
}

// The secret is made when the login name is known, so that the app shows both.
for (const form of document.querySelectorAll('form[data-second-factor]')) {
  form.elements.loginName.addEventListener('change', () => {
    void working(form, async () => {
      const { secret, uri } = await post('/api/v1/sign-in/second-factor', {
        loginName: form.elements.loginName.value.trim(),
      })
      document.querySelector('#totp-secret').textContent = secret
      document.querySelector('#totp-uri').href = uri
      form.querySelector('.second-factor').hidden = false
    })
  })
}

async function showInvitation() {
  const said = document.querySelector('#invited')
  try {
    const { kind, name, role } = await post('/api/v1/sign-in/invitation', { token: tokenOfAddress })
    said.textContent = `For ${name}, as ${role}.`
    document.querySelector(kind === 'entra' ? '#accept-entra' : '#accept-local').hidden = false
  } catch (error) {
    said.textContent = error.message
  }
}

const devicePath = () =>
  `/api/v1/me/devices/${encodeURIComponent(deviceCode.elements.userCode.value.trim().toUpperCase())}`

async function showDevice(event) {
  event.preventDefault()
  await working(deviceCode, async () => {
    const { name } = await answered(await fetch(devicePath()))
    document.querySelector('#device-name').textContent = name
    deviceCode.hidden = true
    deviceAnswer.hidden = false
    deviceAnswer.querySelector('button').focus()
  })
}

async function answerDevice(event, approve) {
  event.preventDefault()
  await working(deviceAnswer, async () => {
    await post(devicePath(), { approve })
    deviceAnswer.hidden = true
    document.querySelector('#device-done').textContent = approve
      ? 'Approved: go on where you came from. You can close this page.'
      : 'Denied: the program gets nothing.'
  })
}

function showCodes(form, codes) {
  form.hidden = true
  document.querySelector('#recovery-codes').textContent = codes.join('\n')
  const section = document.querySelector('#recovery')
  section.hidden = false
  section.querySelector('a').focus()
}

async function working(form, act) {
  const problem = form.querySelector('.problem')
  const button = form.querySelector('button')
  problem.hidden = true
  button.disabled = true
  try {
    await act()
  } catch (error) {
    problem.textContent = error.message
    problem.hidden = false
  } finally {
    button.disabled = false
  }
}

async function post(path, body) {
  return answered(
    await fetch(path, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    }),
  )
}

async function answered(answer) {
  const said = await answer.json().catch(() => ({ detail: 'TenantAtlas does not answer as it should.' }))
  if (answer.ok) return said
  if (said.reason === 'step_up_required')
    return location.assign(`/prove?return_to=${encodeURIComponent(location.pathname)}`)
  throw new Error(said.detail ?? 'TenantAtlas does not answer as it should.')
}
