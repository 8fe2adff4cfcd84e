import { html } from 'hono/html'
import { layout, type Html } from '#entrypoints/http/views/layout.ts'

/* The pages somebody sees who is not signed in yet. Forms are sent as JSON by `sign-in.js`; nothing is in an address. */

/** `person`: whoever is signed in. */
function page(title: string, body: Html, person?: string): Html {
  return layout({
    title,
    livePath: undefined,
    body,
    workspaces: [],
    script: 'sign-in.js',
    ...(person !== undefined && { person }),
  })
}

interface Field {
  readonly name: string
  readonly label: string
  readonly hint?: string
  readonly type?: 'password'
  readonly autocomplete: string
  readonly inputmode?: 'numeric'
  readonly value?: string
}

function field({ name, label, hint, type, autocomplete, inputmode, value }: Field): Html {
  return html`<p class="field">
    <label for="${name}">${label}</label>
    <input
      id="${name}"
      name="${name}"
      type="${type ?? 'text'}"
      autocomplete="${autocomplete}"
      inputmode="${inputmode ?? 'text'}"
      value="${value ?? ''}"
      required
      aria-describedby="${name}-hint"
    />
    <small id="${name}-hint">${hint ?? ''}</small>
  </p>`
}

const problemLine = html`<p class="problem" role="alert" hidden></p>`

export function signInPage(options: {
  readonly hasEntra: boolean
  readonly needsSetup: boolean
  readonly returnTo: string
  readonly problem?: string | undefined
}): Html {
  const { hasEntra, needsSetup, returnTo, problem } = options
  const local = html`<form data-send="/api/v1/sign-in/local" data-return-to="${returnTo}">
    ${field({ name: 'loginName', label: 'Login name', autocomplete: 'username' })}
    ${field({ name: 'password', label: 'Password', type: 'password', autocomplete: 'current-password' })}
    ${field({ name: 'code', label: 'Code', hint: 'Of your authenticator app, or a recovery code.', autocomplete: 'one-time-code' })}
    ${problemLine}
    <button>Sign in</button>
  </form>`
  return page(
    'Sign in',
    html`<div class="narrow">
      <h1>Sign in</h1>
      ${problem === undefined ? '' : html`<p class="problem" role="alert">${problem}</p>`}
      ${needsSetup ? html`<p>Nobody can sign in yet: open the setup link that the start of TenantAtlas printed on its console.</p>` : ''}
      ${
        hasEntra
          ? html`<form data-send="/api/v1/sign-in/entra" data-return-to="${returnTo}">
                ${problemLine}
                <button class="first">Sign in with Microsoft</button>
              </form>
              <details>
                <summary>Sign in with a local account</summary>
                ${local}
              </details>`
          : local
      }
    </div>`,
  )
}

const localAccountFields = html`
  ${field({ name: 'loginName', label: 'Login name', hint: 'Letters, digits, dots and dashes.', autocomplete: 'username' })}
  ${field({ name: 'password', label: 'Password', hint: '15 characters or more; several words are good.', type: 'password', autocomplete: 'new-password' })}
  <div class="second-factor" hidden>
    <p>Add this secret to your authenticator app, then enter the code it shows:</p>
    <p><code id="totp-secret"></code></p>
    <p><a id="totp-uri" href="#">Open in an app on this device</a></p>
  </div>
  ${field({ name: 'code', label: 'Code', hint: 'Six digits.', autocomplete: 'one-time-code', inputmode: 'numeric' })}
`

const recoveryCodes = html`<section id="recovery" hidden>
  <h2>Recovery codes</h2>
  <p>
    Keep them where your password is not. Each opens once, when your authenticator is not at hand. They are shown only
    now.
  </p>
  <pre id="recovery-codes"></pre>
  <p><a class="button" href="/">I have kept them</a></p>
</section>`

export function setupPage(): Html {
  return page(
    'Set up TenantAtlas',
    html`<div class="narrow">
      <h1>Set up TenantAtlas</h1>
      <form data-send="/api/v1/sign-in/setup" data-token-from-address data-second-factor>
        ${field({ name: 'workspaceName', label: 'Name of your workspace', hint: 'Your company, or the part of it that looks after tenants.', autocomplete: 'organization' })}
        ${field({ name: 'name', label: 'Your name', autocomplete: 'name' })} ${localAccountFields} ${problemLine}
        <button>Make me the owner</button>
      </form>
      ${recoveryCodes}
    </div>`,
  )
}

export function invitationPage(): Html {
  return page(
    'Invitation',
    html`<div class="narrow" data-invitation>
      <h1>Invitation</h1>
      <p id="invited" role="status">Looking at your invitation …</p>
      <form
        id="accept-entra"
        data-send="/api/v1/sign-in/entra"
        data-token-from-address="invitation"
        data-return-to="/"
        hidden
      >
        ${problemLine}
        <button class="first">Sign in with Microsoft and accept</button>
      </form>
      <form
        id="accept-local"
        data-send="/api/v1/sign-in/invitation/accept"
        data-token-from-address
        data-second-factor
        hidden
      >
        ${field({ name: 'name', label: 'Your name', autocomplete: 'name' })} ${localAccountFields} ${problemLine}
        <button>Accept</button>
      </form>
      ${recoveryCodes}
    </div>`,
  )
}

export function devicePage(name: string): Html {
  return page(
    'Sign in a program',
    html`<div class="narrow">
      <h1>Sign in a program</h1>
      <p>You are ${name}. Enter the code that the program shows.</p>
      <form data-device-code>
        ${field({ name: 'userCode', label: 'Code', hint: 'Like BCDF-GHJK.', autocomplete: 'off' })} ${problemLine}
        <button>Look who asks</button>
      </form>
      <form data-device-answer hidden>
        <p>
          <strong id="device-name"></strong> asks to act for you until you sign it out. Approve only what you have just
          started yourself.
        </p>
        ${problemLine}
        <button>Approve</button>
        <button type="button" data-deny class="quiet">Deny</button>
      </form>
      <p id="device-done" role="status"></p>
    </div>`,
    name,
  )
}

export function operatorSetupPage(): Html {
  return page(
    'Platform operator',
    html`<div class="narrow">
      <h1>Account of a platform operator</h1>
      <p>You will see workspaces, workers and the queue, and nothing of a tenant.</p>
      <form data-send="/api/v1/system/sign-in/setup" data-token-from-address data-second-factor>
        ${field({ name: 'name', label: 'Your name', autocomplete: 'name' })} ${localAccountFields} ${problemLine}
        <button>Make the account</button>
      </form>
      ${recoveryCodes}
    </div>`,
  )
}
