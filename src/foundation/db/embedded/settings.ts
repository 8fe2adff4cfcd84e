/** Sized for a small host that also runs the program; `TENANTATLAS_POSTGRES_SETTINGS` overrides them one by one. */
const defaults = {
  shared_buffers: '128MB',
  work_mem: '8MB',
  maintenance_work_mem: '64MB',
  max_connections: '100',
  max_wal_size: '1GB',
  wal_compression: 'pglz',
  jit: 'off',
}

/** What the product promises, whoever overrides: reached from this machine only, nothing acknowledged is lost. */
const promised = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  timezone: 'UTC',
  log_timezone: 'UTC',
  // Messages without statements and details: those hold what people stored.
  log_min_messages: 'log',
  log_min_error_statement: 'panic',
  log_error_verbosity: 'terse',
}

const durability = {
  durable: { fsync: 'on', full_page_writes: 'on', synchronous_commit: 'on' },
  volatile: { fsync: 'off', full_page_writes: 'off', synchronous_commit: 'on' },
}

/** The settings a server is started with. `volatile` is for tests: it survives a crash of the server, not of the machine. */
export function serverSettings(
  overrides: Readonly<Record<string, string>>,
  durable: boolean,
): Readonly<Record<string, string>> {
  return { ...defaults, ...overrides, ...promised, ...(durable ? durability.durable : durability.volatile) }
}
