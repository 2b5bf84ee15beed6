import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { listFileFor } from '../../server/systems/repository-lists/list-file.ts'
import { layouts, names } from './list-layouts.ts'

const list = 'people'
const newcomer = 'arn:aws:iam::000000000000:user/di.day@example.gov.uk'

/** Every line that does not hold the value must still be there, in order; only a comma or a closing bracket may move. */
function expectOtherLinesKept(before: string, after: string, value: string) {
  const bare = (line: string) => line.replace(/[,\s]/g, '')
  const kept = before
    .split('\n')
    .filter((line) => !line.includes(value))
    .map(bare)
  const there = after.split('\n').map(bare)
  let at = 0
  for (const line of kept) {
    const found = there.findIndex((other, index) => index >= at && other.startsWith(line))
    expect(found, `the line ${line}`).toBeGreaterThanOrEqual(at)
    at = found + 1
  }
}

describe.each(layouts)('$name', ({ path, text }) => {
  const file = listFileFor(path)

  test('reads the list', async () => {
    expect(await file.read(text, list)).toEqual(names)
  })

  test('adds one, and taking it out again gives every byte back', async () => {
    const after = await file.add(text, list, newcomer)
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
    expectOtherLinesKept(text, after, value)
    expect(after.length).toBeLessThan(text.length)
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

test('adding and taking out again changes no byte, whatever stands around', async () => {
  const name = fc.stringMatching(/^[a-z]{1,8}\.[a-z]{1,8}@[a-z]{1,6}$/)
  const comment = fc.stringMatching(/^[A-Za-z "[\]=,é🎉-]{0,12}$/u)
  const gap = fc.constantFrom('', '\n', '  # a note\n')
  const line = fc.record({ comment, gap, quiet: fc.boolean() })
  const given = fc.record({
    people: fc.uniqueArray(fc.tuple(name, line), { minLength: 1, maxLength: 6, selector: ([one]) => one }),
    format: fc.constantFrom('x.tfvars', 'x.json', 'x.yml'),
    crlf: fc.boolean(),
    before: comment,
    lastComma: fc.boolean(),
  })
  await fc.assert(
    fc.asyncProperty(given, async ({ people, format, crlf, before, lastComma }) => {
      const rows = people.map(([value, { comment: note, gap: space, quiet }], index) => {
        const behind = quiet ? '' : ` # ${note}`
        if (format === 'x.yml') return `${space}  - ${value}${behind}`
        const comma = index < people.length - 1 || (format === 'x.tfvars' && lastComma) ? ',' : ''
        return format === 'x.json' ? `    "${value}"${comma}` : `${space}  "${value}"${comma}${behind}`
      })
      const bodies: Record<string, string> = {
        'x.tfvars': `# ${before}\npeople = [\n${rows.join('\n')}\n]\nafter = "${before.replaceAll('"', '')}"\n`,
        'x.json': `{\n  "before": ${JSON.stringify(before)},\n  "people": [\n${rows.join('\n')}\n  ]\n}\n`,
        'x.yml': `# ${before}\npeople:\n${rows.join('\n')}\nafter: ${JSON.stringify(before)}\n`,
      }
      const plain = bodies[format] ?? ''
      const text = crlf ? plain.replaceAll('\n', '\r\n') : plain
      const file = listFileFor(format)
      const after = await file.add(text, list, newcomer)
      expect(await file.read(after, list)).toEqual([...people.map(([value]) => value), newcomer])
      expect(await file.remove(after, list, newcomer)).toBe(text)
    }),
    { numRuns: 150 },
  )
})
