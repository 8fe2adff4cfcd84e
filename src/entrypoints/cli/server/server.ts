/** A server that commands talk to, and what they prove with who asks. */
export interface Server {
  /** The name of its profile; `local` is the `up` of the data directory. */
  readonly profile: string
  /** Origin, and the path in front of `/api` where there is one. */
  readonly url: string
  /** A session or an API key; undefined while nobody is signed in. */
  readonly token: string | undefined
}

/** Of the `up` of the data directory; no profile of anybody is called so. */
export const localProfile = 'local'

/** Of what the environment names. */
export const environmentProfile = 'environment'
