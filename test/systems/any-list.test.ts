import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { StepOrder } from '../../server/grants/system.ts'
import { roleLists } from '../../server/systems/aws/role-lists.ts'
import { adminList, userList } from '../../server/systems/aws/rules.ts'
import { listFileFor } from '../../server/systems/repository-lists/list-file.ts'
import { listedPeople } from '../../server/systems/repository-lists/listed-people.ts'
import { anyFile, withoutExactly } from './any-list.ts'
import { listOrder } from './orders.ts'

/** Whatever the layout: exactly one element comes or goes, and every other byte stays in its place. */

const list = 'people'
const index = fc.nat({ max: 4 })

test('any: adding one puts exactly it in, at the end, and taking it out again gives every byte back', async () => {
  const newcomer = fc.constantFrom('di.day@x', 'arn:aws:iam::000000000000:user/di.day@x', "di o'day@x", 'é, 🎉@x')
  await fc.assert(
    fc.asyncProperty(anyFile([list, 'others']), newcomer, async ({ path, text, values }, value) => {
      const file = listFileFor(path)
      const own = values[list] ?? []
      expect(await file.read(text, list)).toEqual(own)
      const after = await file.add(text, list, value)
      expect([...withoutExactly(after, value, own.at(-1))]).toContain(text)
      expect(await file.read(after, list)).toEqual([...own, value])
      expect(await file.read(after, 'others')).toEqual(values['others'])
      expect(await file.remove(after, list, value)).toBe(text)
    }),
    { numRuns: 100 },
  )
})

test('any: taking anybody out takes exactly them out, down to the last one, who stays', async () => {
  await fc.assert(
    fc.asyncProperty(
      anyFile([list, 'others']),
      fc.array(index, { minLength: 4, maxLength: 4 }),
      async (given, order) => {
        const { path, values } = given
        const file = listFileFor(path)
        let { text } = given
        let left = values[list] ?? []
        for (const pick of order) {
          const at = pick % left.length
          const value = left[at] ?? ''
          if (left.length === 1) {
            await expect(file.remove(text, list, value)).rejects.toMatchObject({ why: 'would-empty' })
            break
          }
          const after = await file.remove(text, list, value)
          expect([...withoutExactly(text, value, left[at - 1])]).toContain(after)
          left = left.toSpliced(at, 1)
          expect(await file.read(after, list)).toEqual(left)
          expect(await file.read(after, 'others')).toEqual(values['others'])
          text = after
        }
      },
    ),
    { numRuns: 100 },
  )
})

const lower = 'groups'
const listed = listedPeople('access-list', 'Access list', true)

/** One order about one entry of one list. */
function orderOn(path: string, list: string, value: string, change: Partial<StepOrder> & { more?: object } = {}) {
  const { more = {}, ...rest } = change
  const params = { repository: 'example-gov/lists', branch: 'main', path, list, element: value, ...more }
  const account = { kind: 'aws', id: value, name: value } as const
  return listOrder('staging', { account, wanted: { value: 'listed', params }, ...rest })
}

test('any: whoever is moved down comes on the lower list and leaves the higher one, exactly, and is on it once', async () => {
  await fc.assert(
    fc.asyncProperty(anyFile([list, lower]), index, fc.boolean(), async ({ path, text, values }, pick, isThere) => {
      const file = listFileFor(path)
      const [high, low] = [values[list] ?? [], values[lower] ?? []]
      const at = pick % high.length
      const value = high[at] ?? ''
      const before = isThere ? await file.add(text, lower, value) : text
      const revoke = { direction: 'revoke', more: { keeps: lower } } as const
      const after = await listed.edit(orderOn(path, list, value, revoke), path, before)
      const both = isThere ? before : await file.add(before, lower, value)
      expect(await file.read(after, lower)).toEqual([...low, value])
      expect(await file.read(after, list)).toEqual(high.toSpliced(at, 1))
      // The put in and the taken out are each exact, whichever comes first.
      expect([...withoutExactly(both, value, high[at - 1])]).toContain(after)
    }),
    { numRuns: 60 },
  )
})

test('any: whoever is on the list that implies another needs no change there, and nobody is listed twice', async () => {
  await fc.assert(
    fc.asyncProperty(anyFile([list, lower]), index, async ({ path, text, values }, pick) => {
      const high = values[list] ?? []
      const value = high[pick % high.length] ?? ''
      const implied = orderOn(path, lower, value, { more: { impliedBy: list } })
      expect(await listed.edit(implied, path, text)).toBe(text)
      const shouted = orderOn(path, list, value.toUpperCase())
      await expect(listed.edit(shouted, path, text)).rejects.toMatchObject({ kind: 'refused-by-rule' })
    }),
    { numRuns: 40 },
  )
})

test('any: what several steps of one request change in one file travels together, in any order, and goes again', async () => {
  const arn = (name: string) => `arn:aws:iam::000000000000:user/${name}@example.gov.uk`
  const lists = [adminList, userList]
  await fc.assert(
    fc.asyncProperty(anyFile(['people', ...lists]), fc.boolean(), async ({ path, text, values }, usersFirst) => {
      const file = listFileFor(path)
      const all = usersFirst ? [userList, adminList] : lists
      const orders = all.map((one) => orderOn(path, one, arn('di.day')))
      let after = text
      for (const order of orders) after = await roleLists.edit(order, path, after)
      // On the privileged list one has the other role too: who came there first is put on no second list.
      const on = usersFirst ? lists : [adminList]
      for (const one of lists)
        expect(await file.read(after, one)).toEqual([
          ...(values[one] ?? []),
          ...(on.includes(one) ? [arn('di.day')] : []),
        ])
      expect(await file.read(after, 'people')).toEqual(values['people'])
      for (const one of on)
        after = await roleLists.edit(orderOn(path, one, arn('di.day'), { direction: 'revoke' }), path, after)
      expect(after).toBe(text)
    }),
    { numRuns: 40 },
  )
})
