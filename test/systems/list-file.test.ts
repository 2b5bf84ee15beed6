import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { listFileFor } from '../../server/systems/repository-lists/list-file.ts'
import { withoutExactly } from './any-list.ts'
import { layouts, names, recordLayouts } from './list-layouts.ts'

const list = 'people'
const newcomer = 'arn:aws:iam::000000000000:user/di.day@example.gov.uk'

/** The text without the lines of exactly one record: from its dash to its last value, comments behind that included. */
function withoutRecord(text: string, name: string): string {
  const lines = text.split('\n')
  const at = lines.findLastIndex((line) => line.includes(name))
  const start = lines.slice(0, at + 1).findLastIndex((line) => /^ *- +(?:name|login):/.test(line))
  const dash = lines[start]?.indexOf('-') ?? 0
  const ends = lines.findIndex(
    (line, index) => index > start && line.trim() !== '' && (/^ */.exec(line)?.[0].length ?? 0) <= dash,
  )
  let end = ends === -1 ? lines.length : ends
  while (lines[end - 1]?.trim() === '') end -= 1
  const kept = lines.toSpliced(start, end - start).join('\n')
  return end === lines.length ? kept.replace(/\r$/, '') : kept
}

describe.each(layouts)('$name', ({ path, text }) => {
  const file = listFileFor(path)

  test('reads the list', async () => {
    expect(await file.read(text, list)).toEqual(names)
  })

  test('adds one, and taking it out again gives every byte back', async () => {
    const after = await file.add(text, list, newcomer)
    expect([...withoutExactly(after, newcomer, names.at(-1))]).toContain(text)
    expect(await file.read(after, list)).toEqual([...names, newcomer])
    expect(await file.remove(after, list, newcomer)).toBe(text)
  })

  test('refuses to add one that is there', async () => {
    await expect(file.add(text, list, names[1])).rejects.toMatchObject({ name: 'ListRefusal', why: 'no-op' })
  })

  test.each([0, 1, 2])('removes number %i and nothing else', async (index) => {
    const value = names[index] ?? ''
    const after = await file.remove(text, list, value)
    expect(await file.read(after, list)).toEqual(names.filter((name) => name !== value))
    expect([...withoutExactly(text, value, names[index - 1])]).toContain(after)
  })

  test('refuses to remove one that is not there', async () => {
    await expect(file.remove(text, list, 'nobody@x')).rejects.toMatchObject({ why: 'no-op' })
  })

  test('refuses to empty the list', async () => {
    const one = await file.remove(await file.remove(text, list, names[0]), list, names[2])
    await expect(file.remove(one, list, names[1])).rejects.toMatchObject({
      why: 'would-empty',
      kind: 'refused-by-rule',
    })
  })
})

describe.each(Object.entries(recordLayouts))('records, %s', (_, text) => {
  const file = listFileFor('people.yml')
  const mine = { name: newcomer, login: 'di' }

  test('reads them', async () => {
    const logins = (await file.records(text, list)).map(({ name, login }) => [name, login])
    expect(logins).toEqual(names.map((name) => [name, name.slice(0, name.indexOf('.'))]))
  })

  test('adds one, and taking it out again gives every byte back', async () => {
    const after = await file.addRecord(text, list, mine)
    expect(withoutRecord(after, newcomer)).toBe(text)
    expect((await file.records(after, list)).at(-1)).toEqual(mine)
    expect(await file.removeRecord(after, list, mine)).toBe(text)
  })

  test.each([0, 1, 2])('removes number %i and nothing else', async (index) => {
    const all = await file.records(text, list)
    const after = await file.removeRecord(text, list, all[index] ?? {})
    expect(await file.records(after, list)).toEqual(all.toSpliced(index, 1))
    expect(after).toBe(withoutRecord(text, names[index] ?? ''))
  })

  test('refuses to empty the list, to remove who is not there, and to read names as records', async () => {
    const [first, second, third] = await file.records(text, list)
    const one = await file.removeRecord(await file.removeRecord(text, list, first ?? {}), list, third ?? {})
    await expect(file.removeRecord(one, list, second ?? {})).rejects.toMatchObject({ why: 'would-empty' })
    await expect(file.removeRecord(text, list, mine)).rejects.toMatchObject({ why: 'no-op' })
    await expect(file.read(text, list)).rejects.toMatchObject({ why: 'computed' })
  })
})

describe('records that are left as they are', () => {
  const refused: [string, string, string, string][] = [
    ['names', 'x.yml', 'people:\n  - a\n', 'computed'],
    ['an alias', 'x.yml', 'one: &one { name: a }\npeople:\n  - *one\n', 'computed'],
    ['an anchor', 'x.yml', 'people:\n  - &one\n    name: a\n', 'computed'],
    ['one behind the other', 'x.yml', 'people: [{ name: a }, { name: b }]\n', 'computed'],
    ['in braces', 'x.yml', 'people:\n  - { name: a }\n', 'computed'],
    ['lists in lists', 'x.yml', 'people:\n  - - name: a\n', 'computed'],
    ['a list that is used again elsewhere', 'x.yml', 'people: &all\n  - name: a\nothers: *all\n', 'computed'],
    ['no such list', 'x.yml', 'others: []\n', 'missing'],
    ['twice further down', 'x.yml', 'a:\n  people: []\na:\n  people: []\n', 'missing'],
    ['in JSON', 'x.json', '{"people":[{"name":"a"}]}', 'computed'],
    ['in HCL', 'x.tfvars', 'people = [{ name = "a" }]\n', 'computed'],
  ]
  test.each(refused)('%s', async (_, path, text, why) => {
    await expect(listFileFor(path).addRecord(text, list, { name: 'b' })).rejects.toMatchObject({ why })
  })

  test('the first one is written in one line', async () => {
    const text = 'people: []\n'
    expect(await listFileFor('x.yml').addRecord(text, list, { name: 'b', login: 'x' })).toBe(
      'people: [{ login: "x", name: "b" }]\n',
    )
  })

  test('a file that is one list is named by a dot', async () => {
    const text = '- name: a\n  until: 2026-07-08T12:34:00Z\n- name: b\n'
    const after = await listFileFor('x.yml').addRecord(text, '.', { name: 'c' })
    expect(after).toBe(`${text}- name: c\n`)
    expect(await listFileFor('x.yml').removeRecord(after, '.', { name: 'c' })).toBe(text)
  })
})

test('records: one comes and goes, and any of the others goes, with its own lines and no other byte', async () => {
  const word = fc.stringMatching(/^[a-z]{2,8}$/)
  const own = fc.constantFrom('', '    more: { a: 1 }\n', '    list:\n      - x\n', '    why: |\n      a\n\n      b\n')
  const person = fc.record({
    name: word,
    login: word,
    quote: fc.constantFrom('', '"', "'"),
    own,
    between: fc.constantFrom('', '  # a note\n', '\n'),
    behind: fc.constantFrom('', ' # so'),
  })
  const people = fc.array(person, { minLength: 2, maxLength: 5 })
  await fc.assert(
    fc.asyncProperty(people, fc.boolean(), fc.nat({ max: 4 }), async (given, crlf, pick) => {
      const rows = given.map(
        ({ name, login, quote, own: more, between, behind }, index) =>
          `${between}  - name: ${quote}${index}${name}@x${quote}${behind}\n    login: ${login}\n${more}`,
      )
      const plain = `before: 1\npeople:\n${rows.join('')}after: [x]\n`
      const text = crlf ? plain.replaceAll('\n', '\r\n') : plain
      const file = listFileFor('x.yml')
      const mine = { name: newcomer, login: 'di' }
      const after = await file.addRecord(text, list, mine)
      expect(withoutRecord(after, newcomer)).toBe(text)
      expect(await file.removeRecord(after, list, mine)).toBe(text)
      const index = pick % given.length
      const all = await file.records(text, list)
      const less = await file.removeRecord(text, list, all[index] ?? {})
      expect(less).toBe(withoutRecord(text, `${index}${given[index]?.name}@x`))
      expect(await file.records(less, list)).toEqual(all.toSpliced(index, 1))
    }),
    { numRuns: 100 },
  )
})

describe('lists that are left as they are', () => {
  const refused: [string, string, string, string][] = [
    ['a function', 'x.tfvars', 'people = concat(["a"], ["b"])\n', 'computed'],
    ['a variable', 'x.tfvars', 'people = others\n', 'computed'],
    ['an interpolation', 'x.tfvars', 'people = ["$' + '{a}"]\n', 'computed'],
    ['a number inside', 'x.tfvars', 'people = ["a", 1]\n', 'computed'],
    ['a condition', 'x.tfvars', 'people = true ? ["a"] : ["b"]\n', 'computed'],
    ['twice the same name', 'x.tfvars', 'people = ["a"]\npeople = ["b"]\n', 'twice'],
    ['no such list', 'x.tfvars', 'others = ["a"]\n', 'missing'],
    ['only inside a block', 'x.tfvars', 'module "m" {\n  people = ["a"]\n}\n', 'missing'],
    ['no end', 'x.tfvars', 'people = ["a",\n', 'not-readable'],
    ['twice in JSON', 'x.json', '{"people":["a"],"people":["b"]}', 'twice'],
    ['comments in JSON', 'x.json', '{"people":["a"] /* no */}', 'not-readable'],
    ['an object in JSON', 'x.json', '{"people":[{"a":1}]}', 'computed'],
    ['a template in JSON', 'x.json', '{"people":["$' + '{a}"]}', 'computed'],
    ['text in JSON', 'x.json', '{"people":"a"}', 'computed'],
    ['an alias', 'x.yml', 'a: &a x\npeople:\n  - *a\n', 'computed'],
    ['an anchor', 'x.yml', 'people: &all\n  - x\n', 'computed'],
    ['a map inside', 'x.yml', 'people:\n  - name: x\n', 'computed'],
    ['twice in YAML', 'x.yml', 'people:\n  - a\npeople:\n  - b\n', 'twice'],
    ['two documents', 'x.yml', 'people:\n  - a\n---\npeople:\n  - b\n', 'not-readable'],
    ['nothing at all', 'x.yml', 'people:\n', 'computed'],
  ]
  test.each(refused)('%s', async (_, path, text, why) => {
    await expect(listFileFor(path).read(text, list)).rejects.toMatchObject({ why })
    await expect(listFileFor(path).add(text, list, newcomer)).rejects.toMatchObject({ why })
  })
})

test('an edit that would land in a comment is not proved, and so not proposed', async () => {
  const text = 'people = [\n  "a" /* over\n  two lines */\n]\n'
  await expect(listFileFor('x.tfvars').add(text, list, newcomer)).rejects.toMatchObject({ why: 'not-proved' })
})

describe('the first one', () => {
  const empty: [string, string, string][] = [
    ['x.tfvars', 'people = []\n', `people = ["${newcomer}"]\n`],
    ['x.tfvars', 'people = [\n]\n', `people = [\n  "${newcomer}",\n]\n`],
    ['x.tfvars', 'people = [\n  # nobody yet\n]\n', `people = [\n  # nobody yet\n  "${newcomer}",\n]\n`],
    ['x.json', '{"people": []}', `{"people": ["${newcomer}"]}`],
    ['x.json', '{\n  "people": [\n  ]\n}', `{\n  "people": [\n    "${newcomer}"\n  ]\n}`],
    ['x.yml', 'people: []\n', `people: [${newcomer}]\n`],
  ]
  test.each(empty)('%s %j', async (path, text, expected) => {
    expect(await listFileFor(path).add(text, list, newcomer)).toBe(expected)
  })
})

describe('an account that would mean something in the file', () => {
  test('is not proposed to Terraform, which would work it out, and is text to both versions of YAML', async () => {
    const tfvars = listFileFor('x.tfvars')
    await expect(
      tfvars.add('people = [\n  "a@example.gov.uk",\n]\n', 'people', `x$\{upper(1)}@example.gov.uk`),
    ).rejects.toThrow('is not what it should be, so it was not proposed')
    for (const login of ['no', '2001-01-01', '0o7', '1_000'])
      expect(await listFileFor('x.yml').add('people:\n  - alex\n', 'people', login)).toContain(`- "${login}"`)
  })
})
