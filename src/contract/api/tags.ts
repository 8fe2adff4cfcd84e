/** The nouns of the API, in the order people meet them. */
export const tags = [
  { name: 'sign-in', description: 'How people, and programs for them, come in.' },
  { name: 'me', description: 'Who is signed in.' },
  { name: 'workspaces', description: 'The boundary of isolation and membership.' },
  { name: 'members', description: 'Who may do what in a workspace, and who is invited.' },
  { name: 'api keys', description: 'Keys for programs.' },
  { name: 'tenants', description: 'The Entra tenants of a workspace.' },
  { name: 'inventory', description: 'What was last observed of a tenant.' },
  { name: 'policies', description: 'Policies as last observed.' },
  { name: 'assignments', description: 'Who policies are assigned to.' },
  { name: 'backups', description: 'Backup sets: immutable copies of policies and assignments.' },
  { name: 'restores', description: 'Bringing assignments back: plan, review, apply, undo.' },
  { name: 'runs', description: 'Operation runs: everything that works in the background.' },
] as const
