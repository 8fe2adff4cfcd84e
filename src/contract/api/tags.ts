/** The nouns of the API, in the order people meet them. */
export const tags = [
  { name: 'sign-in', description: 'How people, and programs for them, come in.' },
  { name: 'me', description: 'Who is signed in.' },
  { name: 'workspaces', description: 'The boundary of isolation and membership.' },
  { name: 'members', description: 'Who may do what in a workspace, and who is invited.' },
  { name: 'api keys', description: 'Keys for programs.' },
  { name: 'tenants', description: 'The Entra tenants of a workspace.' },
  { name: 'runs', description: 'Operation runs: everything that works in the background.' },
] as const
