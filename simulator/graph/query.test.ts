import { describe, expect, it } from 'vitest'
import { parseExpand, parseQuery } from './query.ts'

describe('parseQuery()', () => {
  it('reads the options clients use', () => {
    const query = parseQuery(
      "$select=id,%20name&$top=5&$orderby=activityDateTime%20desc&$filter=name%20eq%20'x'&$count=true",
    )
    expect(query).toMatchObject({
      select: ['id', 'name'],
      top: 5,
      orderBy: [{ property: 'activityDateTime', descending: true }],
      filter: "name eq 'x'",
      count: true,
    })
  })

  it('keeps everything but the skip token for the next link', () => {
    expect(parseQuery('$top=2&$skiptoken=abc&$expand=assignments').raw).toBe('$top=2&$expand=assignments')
  })

  it('refuses a $top that is not a number', () => {
    expect(() => parseQuery('$top=many')).toThrow(/\$top/)
  })
})

describe('parseExpand()', () => {
  it('reads nested options', () => {
    expect(parseExpand('assignments,rules($expand=actions($select=id);$select=a,b)')).toEqual([
      { name: 'assignments', select: undefined, expand: [] },
      { name: 'rules', select: ['a', 'b'], expand: [{ name: 'actions', select: ['id'], expand: [] }] },
    ])
  })
})
