/**
 * Test only: whether a statement names the workspace for every workspace's table it touches, so that it stays on one
 * shard when the schema is distributed by workspace. It reads text, not meaning: an access counts as bound when its
 * workspace_id is set equal to a value, or to that of an access that is bound.
 */

/** What each statement of a text touches without naming the workspace: `table as alias`, in order. */
export function unboundAccesses(text: string, scoped: ReadonlySet<string>): string[] {
  return statementsOf(text).flatMap((statement) => unboundIn(statement, scoped))
}

interface Access {
  readonly table: string
  readonly alias: string
  readonly verb: string
}

type Token = string

/** Words that begin an access when a table follows. `update` of `for update` and of `do update` never meets one. */
const accessVerbs = new Set(['from', 'join', 'update', 'into', 'using'])
const noAlias = new Set(
  'where on set join left right inner cross full lateral order group limit for returning values select as using union loop offset default when'.split(
    ' ',
  ),
)

function statementsOf(text: string): Token[][] {
  const bare = text
    .replaceAll(/--[^\n]*/g, ' ')
    .replaceAll(/'(?:[^']|'')*'/g, " '' ")
    .replaceAll('"', '')
  const tokens = bare
    .match(/[a-z_$][\w$]*(?:\.(?:[a-z_]\w*|\*))*|\d+|''|:=|[^\s\w]/gi)
    ?.map((token) => token.toLowerCase())
  const statements: Token[][] = [[]]
  for (const token of tokens ?? []) {
    if (token === ';') statements.push([])
    else statements.at(-1)?.push(token)
  }
  return statements
}

function unboundIn(tokens: readonly Token[], scoped: ReadonlySet<string>): string[] {
  const accesses = accessesIn(tokens, scoped)
  const bound = boundAliases(tokens, accesses)
  return accesses
    .filter(({ verb, alias }) => (verb === 'into' ? !insertsWorkspace(tokens, alias) : !bound.has(alias)))
    .map(({ table, alias }) => (table === alias ? table : `${table} as ${alias}`))
}

function accessesIn(tokens: readonly Token[], scoped: ReadonlySet<string>): Access[] {
  return tokens.flatMap((token, index): Access[] => {
    const verb = tokens[index - 1] ?? ''
    if (!scoped.has(token) || !(accessVerbs.has(verb) || isFurther(tokens, index))) return []
    const next = tokens[index + 1] ?? ''
    const named = next === 'as' ? tokens[index + 2] : next
    const isAlias = named !== undefined && /^[a-z_]\w*$/.test(named) && !noAlias.has(named)
    return [{ table: token, alias: isAlias ? named : token, verb: accessVerbs.has(verb) ? verb : 'from' }]
  })
}

/** The second of `from a, b`: a comma, and no bracket or clause between it and its `from`. */
function isFurther(tokens: readonly Token[], index: number): boolean {
  if (tokens[index - 1] !== ',') return false
  for (let at = index - 2; at >= 0; at -= 1) {
    if (tokens[at] === 'from') return true
    if (!/^[a-z_]\w*$/.test(tokens[at] ?? '') && tokens[at] !== ',') return false
    if (noAlias.has(tokens[at] ?? '') && tokens[at] !== 'as') return false
  }
  return false
}

/** `insert into table (workspace_id, …)`. */
function insertsWorkspace(tokens: readonly Token[], alias: string): boolean {
  const table = tokens.indexOf(alias)
  const open = tokens.indexOf('(', table)
  return tokens.slice(open, tokens.indexOf(')', open)).includes('workspace_id')
}

function boundAliases(tokens: readonly Token[], accesses: readonly Access[]): ReadonlySet<string> {
  const aliases = new Set(accesses.map(({ alias }) => alias))
  // `workspace_id` alone belongs to the only table there is.
  const only = accesses.length === 1 ? accesses[0]?.alias : undefined
  const aliasOf = (token = '') => {
    if (token === 'workspace_id') return only
    const [alias = '', column] = token.split('.')
    return column === 'workspace_id' && aliases.has(alias) ? alias : undefined
  }
  const equalities = tokens.flatMap((token, index) =>
    token === '=' ? [[tokens[index - 1], tokens[index + 1]] as const] : [],
  )
  const bound = new Set<string>()
  for (let before = -1; before !== bound.size;) {
    before = bound.size
    for (const sides of equalities) {
      const [left, right] = [aliasOf(sides[0]), aliasOf(sides[1])]
      if (left !== undefined && (right === undefined || bound.has(right))) bound.add(left)
      if (right !== undefined && (left === undefined || bound.has(left))) bound.add(right)
    }
  }
  return bound
}
