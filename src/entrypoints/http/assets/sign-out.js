// Until it works the button cannot be pressed.
const button = document.querySelector('[data-sign-out]')
button.addEventListener('click', () => void signOut())
button.disabled = false

async function signOut() {
  await fetch('/api/v1/me/session', { method: 'DELETE' })
  location.assign('/sign-in')
}
