/**
 * The registry of reasons: every expected refusal and every stored failure names one of these.
 * Append only: a reason is part of the API, of exit codes and of stored rows, so it is never renamed or reused.
 */
export interface ReasonEntry {
  /** HTTP status of a refusal with this reason. */
  readonly status: number
  /** Exit code of the command line (0 ok, 1 failed, 2 usage, 3 not found, 4 sign-in, 5 partial, 6 approval). */
  readonly exit: number
  /** Whether a run that failed with it may be tried again by the worker. */
  readonly retry: 'never' | 'later'
  /** What a person should do next, one sentence. */
  readonly next: string
}

const registry = {
  ok: { status: 200, exit: 0, retry: 'never', next: 'Nothing to do.' },
  not_applicable: { status: 409, exit: 1, retry: 'never', next: 'This does not apply to the object; see the message.' },
  missing_configuration: {
    status: 409,
    exit: 1,
    retry: 'never',
    next: 'Complete the configuration the message names, then start again.',
  },
  permission_denied: {
    status: 403,
    exit: 1,
    retry: 'never',
    next: 'Grant the permission the message names and give admin consent, then start again.',
  },
  authentication_failed: {
    status: 401,
    exit: 4,
    retry: 'never',
    next: 'Check the client id and the credential of the connection.',
  },
  throttled: {
    status: 429,
    exit: 1,
    retry: 'later',
    next: 'Nothing to do: it is tried again when Microsoft Graph allows.',
  },
  dependency_unreachable: {
    status: 503,
    exit: 1,
    retry: 'later',
    next: 'Check the network path to the service the message names; it is tried again by itself.',
  },
  invalid_state: {
    status: 409,
    exit: 1,
    retry: 'never',
    next: 'Look at the current state of the object; see the message.',
  },
  conflict: {
    status: 409,
    exit: 1,
    retry: 'never',
    next: 'Somebody changed the object meanwhile: make a new plan and review it.',
  },
  approval_required: {
    status: 409,
    exit: 6,
    retry: 'never',
    next: 'Ask a second administrator to approve the request in Intune, then resume.',
  },
  write_unknown: {
    status: 502,
    exit: 1,
    retry: 'never',
    next: 'Compare the live assignments with the plan; the write may or may not have been applied.',
  },
  cancelled: { status: 409, exit: 1, retry: 'never', next: 'Start it again if it is still wanted.' },
  unknown_error: {
    status: 500,
    exit: 1,
    retry: 'later',
    next: 'Look at the log of the worker with the id of the run.',
  },

  invalid_input: { status: 400, exit: 2, retry: 'never', next: 'Correct the fields the message names.' },
  not_found: {
    status: 404,
    exit: 3,
    retry: 'never',
    next: 'Check the name or id; the matching list command shows what there is.',
  },
  ambiguous: { status: 409, exit: 3, retry: 'never', next: 'Give the id instead of the name.' },
  damaged: {
    status: 409,
    exit: 1,
    retry: 'never',
    next: 'Use another backup set; run `tenantatlas backup verify` to see what is intact.',
  },
  worker_lost: {
    status: 500,
    exit: 1,
    retry: 'later',
    next: 'Look at the log of the worker that ended; the run is safe to start again.',
  },
  deadline_exceeded: {
    status: 500,
    exit: 1,
    retry: 'later',
    next: 'Start it again; if it happens again, look at the log of the worker.',
  },
  schema_newer: {
    status: 500,
    exit: 1,
    retry: 'never',
    next: 'Start the newer version of TenantAtlas that migrated this database.',
  },
  unsupported: {
    status: 409,
    exit: 1,
    retry: 'never',
    next: 'This policy type is not supported for that; `tenantatlas policy types` shows what is.',
  },
  not_verified: {
    status: 502,
    exit: 1,
    retry: 'never',
    next: 'Compare the live assignments with the plan: Microsoft Graph accepted the write but does not show it.',
  },
  incomplete_read: {
    status: 502,
    exit: 5,
    retry: 'later',
    next: 'Start it again: part of the tenant could not be read.',
  },
  data_directory_damaged: {
    status: 500,
    exit: 1,
    retry: 'never',
    next: 'Restore the data directory from your own copy, or set TENANTATLAS_DATA_DIR to a new one; nothing was changed.',
  },
  sign_in_required: { status: 401, exit: 4, retry: 'never', next: 'Sign in, or send an API key that is valid.' },
  sign_in_failed: {
    status: 401,
    exit: 4,
    retry: 'never',
    next: 'Check what you entered; after several mistakes the account is locked for a while.',
  },
  access_ended: {
    status: 401,
    exit: 4,
    retry: 'never',
    next: 'Sign in again; if that is refused, ask an owner of the workspace.',
  },
  step_up_required: {
    status: 401,
    exit: 4,
    retry: 'never',
    next: 'Prove once more who you are, then do it again within five minutes.',
  },
  not_allowed: {
    status: 403,
    exit: 1,
    retry: 'never',
    next: 'Ask an owner of the workspace for a role that includes the capability the message names.',
  },
  cross_site: {
    status: 403,
    exit: 1,
    retry: 'never',
    next: 'Send the request from the address the console is opened at.',
  },
  misdirected: { status: 421, exit: 1, retry: 'never', next: 'Open the server by the name it is configured with.' },
  method_not_allowed: { status: 405, exit: 1, retry: 'never', next: 'Use a method the API description names.' },
  precondition_failed: {
    status: 412,
    exit: 1,
    retry: 'never',
    next: 'Somebody changed the record meanwhile: read it again, look, and send the change with its new ETag.',
  },
  precondition_required: {
    status: 428,
    exit: 1,
    retry: 'never',
    next: 'Read the record and send its ETag in the If-Match header.',
  },
  too_large: { status: 413, exit: 1, retry: 'never', next: 'Send less at once: a request may have 1 MB.' },
  unsupported_media_type: {
    status: 415,
    exit: 1,
    retry: 'never',
    next: 'Send JSON with Content-Type: application/json.',
  },
  key_reused: {
    status: 422,
    exit: 1,
    retry: 'never',
    next: 'An Idempotency-Key belongs to one request: send another request with another key.',
  },
  too_many_requests: {
    status: 429,
    exit: 1,
    retry: 'later',
    next: 'Wait as long as Retry-After says, then send it again.',
  },
  second_person_required: {
    status: 409,
    exit: 6,
    retry: 'never',
    next: 'Ask another owner or manager to review the plan and approve it, then apply it; or restore in smaller parts.',
  },
} as const satisfies Record<string, ReasonEntry>

export type Reason = keyof typeof registry

export const reasons: Readonly<Record<Reason, ReasonEntry>> = registry

/** Whether a text read from outside (a database row, a reply) is a reason this version knows. */
export function isReason(text: string): text is Reason {
  return Object.hasOwn(registry, text)
}
