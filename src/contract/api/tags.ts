/** The nouns of the API, in the order people meet them. */
export const tags = [
  { name: 'me', description: 'Who is signed in.' },
  { name: 'workspaces', description: 'The boundary of isolation and membership.' },
  { name: 'members', description: 'Who may do what in a workspace, and who is invited.' },
  { name: 'api keys', description: 'Keys for programs.' },
  { name: 'tenants', description: 'The Entra tenants of a workspace.' },
  { name: 'runs', description: 'Operation runs: everything that works in the background.' },
  { name: 'events', description: 'What happens, as it happens.' },
  { name: 'queue', description: 'What waits, what holds it back, and how much runs at once.' },
  { name: 'schedules', description: 'What starts by itself, when, and what became of it.' },
  { name: 'notifications', description: 'How the runs you started have ended.' },
  { name: 'channels', description: 'Who outside is told how runs end: by e-mail, in Teams, by webhook.' },
  { name: 'retention', description: 'How long runs, audit entries and backups are kept.' },
] as const
