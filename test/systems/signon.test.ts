import { describe, expect, test } from 'vitest'
import type { Evidence, Exported, StepOrder, Told } from '../../server/grants/system.ts'
import { readTable } from '../../server/people/csv.ts'
import { inStagingAt, inStagingBy, isFarFromStaging } from '../../server/rules/weekday-copy.ts'
import { readExport } from '../../server/systems/signon/export-file.ts'
import { createSignon } from '../../server/systems/signon/signon.ts'
import { covers, type Shown } from './covers.ts'
import { teamOrder } from './orders.ts'

const header =
  'Name,Email,Role,Organisation,Sign-in count,Last sign-in,Created,Status,2SV Status,2SV Exemption Expiry Date,Release,Whitehall'
const rows = {
  priya:
    'Priya Shah,Priya.Shah@example.gov.uk,Normal,GDS,4,2026-11-23 09:30:00,2026-03-12 09:00:00,Active,Enabled,,"deploy, signin",',
  sam: 'Sam Okoro,sam.okoro@example.gov.uk,Superadmin,GDS,90,2026-11-24 08:00:00,2020-03-12 09:00:00,Active,Enabled,,signin,"editor, signin"',
  lee: 'Lee Hart,lee.hart@example.gov.uk,Organisation admin,,0,,2026-11-01 09:00:00,Invited,Not set up,,,',
}
const file = (...lines: string[]) => [header, ...lines].join('\n')
const read = (text: string) => readExport(readTable(text))
const wrongIn = (text: string) => read(text).wrong?.map(({ line, reason }) => `${line}: ${reason}`)

describe('the export', () => {
  test('says of everybody role, status, 2-step verification and the permissions in each application', () => {
    const found = read(file(rows.priya, rows.sam, rows.lee))
    expect(found).toMatchObject({ wrong: null, about: { seesSuperAdmins: true } })
    if (found.wrong) return
    expect(found.entries.get('priya.shah@example.gov.uk')).toEqual({
      role: 'Normal',
      status: 'active',
      twoStep: 'enabled',
      'app Release': 'deploy, signin',
    })
    expect(found.entries.get('lee.hart@example.gov.uk')).toEqual({
      role: 'Organisation Admin',
      status: 'invited',
      twoStep: 'not set up',
    })
    expect(found.newest?.toISOString()).toBe('2026-11-24T08:00:00.000Z')
  })

  test('made by an Admin shows no Super Admin, and says so', () => {
    expect(read(file(rows.priya, rows.lee))).toMatchObject({ about: { seesSuperAdmins: false } })
  })

  const wrong: [string, string, string][] = [
    ['a missing column', file(rows.sam).replace('2SV Status', 'Other'), '1: the column 2SV Status is missing'],
    ['an application twice', file(rows.sam).replace('Whitehall', 'Release'), '1: the column Release is there twice'],
    ['a role that we do not know', file(rows.sam.replace('Superadmin', 'Owner')), '2: Role: use one of Normal'],
    ['a status that we do not know', file(rows.sam.replace('Active', 'Gone')), '2: Status: use one of active'],
    ['no address', file(rows.sam.replace('sam.okoro@example.gov.uk', 'sam')), '2: Email: this is not an address'],
    [
      'one address twice, in capitals too',
      file(rows.sam, rows.sam.replace('sam.okoro', 'SAM.Okoro')),
      '3: Email: this address is there twice',
    ],
    ['no moment', file(rows.sam.replace('2026-11-24 08:00:00', 'yesterday')), '2: Last sign-in: this is not a moment'],
  ]
  test.each(wrong)('is refused with %s', (_, text, reason) => {
    expect(wrongIn(text)?.join('\n')).toContain(reason)
  })

  test('that was cut off on the way is refused whole', covers('Signon', 'fault: truncated'), () => {
    const whole = file(rows.sam, rows.lee)
    expect(wrongIn(whole.slice(0, -40))?.join('\n')).toContain('3: there are')
  })

  test('names every bad row, not only the first', () => {
    expect(wrongIn(file(rows.sam.replace('Active', 'Gone'), rows.lee.replace('Invited', 'Gone')))).toHaveLength(2)
  })
})

describe('staging is a copy: backed up at 23:03, restored at 01:03 from Monday to Friday, in London', () => {
  const copies: [string, string, string][] = [
    ['Monday noon', '2026-11-23T12:00:00Z', '2026-11-24T01:03:00.000Z'],
    ['Monday after the backup', '2026-11-23T23:30:00Z', '2026-11-25T01:03:00.000Z'],
    ['Thursday', '2026-11-26T12:00:00Z', '2026-11-27T01:03:00.000Z'],
    ['Thursday after the backup', '2026-11-26T23:30:00Z', '2026-11-30T01:03:00.000Z'],
    ['Friday', '2026-11-27T12:00:00Z', '2026-11-30T01:03:00.000Z'],
    ['Saturday', '2026-11-28T12:00:00Z', '2026-11-30T01:03:00.000Z'],
    ['Sunday', '2026-11-29T12:00:00Z', '2026-11-30T01:03:00.000Z'],
    ['Sunday after the backup', '2026-11-29T23:30:00Z', '2026-12-01T01:03:00.000Z'],
    ['in summer time', '2026-07-14T12:00:00Z', '2026-07-15T00:03:00.000Z'],
    ['over the end of summer time', '2026-10-24T12:00:00Z', '2026-10-26T01:03:00.000Z'],
    ['over the beginning of summer time', '2026-03-28T12:00:00Z', '2026-03-30T00:03:00.000Z'],
  ]
  test.each(copies)('a change on %s', (_, changed, there) => {
    expect(inStagingAt(new Date(changed)).toISOString()).toBe(there)
  })

  test('is said by its weekday, and from Friday to Sunday a revocation is not left to it', () => {
    expect(inStagingBy(new Date('2026-11-23T12:00:00Z'))).toBe('Tuesday')
    const far = ['2026-11-26', '2026-11-27', '2026-11-28', '2026-11-29', '2026-11-30']
    expect(far.map((day) => isFarFromStaging(new Date(`${day}T12:00:00Z`)))).toEqual([false, true, true, true, false])
  })
})

describe('a step in Signon', () => {
  const doneAt = new Date('2026-11-23T12:00:00Z')
  const at = new Date('2026-11-23T15:00:00Z')
  const all = { seesSuperAdmins: true, applications: 'Release\nWhitehall' }
  const entry: Evidence = { role: 'Normal', status: 'active', twoStep: 'enabled', 'app Release': 'deploy, signin' }

  const orderWith = (change: Partial<StepOrder> = {}, value = 'Normal', apps = ['Release']): StepOrder =>
    teamOrder({
      environment: 'production',
      account: { kind: 'email', id: 'priya.shah@example.gov.uk', name: 'priya.shah@example.gov.uk' },
      wanted: { value, params: { apps } },
      method: 'task',
      saidDoneAt: doneAt,
      concerned: ['p-priya', 'p-alex'],
      ...change,
    })
  const signonWith = (changed: Partial<Exported> | null = {}, now = at, told: Told | null = null) =>
    createSignon({
      told: async () => told,
      toldAll: async () => new Map(),
      callsWith: null,
      calledAs: null,
      exported: async () => (changed === null ? null : { at, by: 'p-jo', about: all, entry, ...changed }),
      newest: async () => null,
      hasExports: async () => true,
      now: () => now,
    })
  const seen = (order: StepOrder, ...known: Parameters<typeof signonWith>) => signonWith(...known).read(order)
  const revoke = (value = 'Normal', change: Partial<StepOrder> = {}) =>
    orderWith({ direction: 'revoke', ...change }, value)

  test(
    'is there with role, status and “signin” for each application, and says when staging follows',
    covers('Signon', 'read', 'verify'),
    async () => {
      expect(await seen(orderWith())).toEqual({
        is: 'present',
        detail: 'As wanted in the Signon export of 2026-11-23. Expected in staging by Tuesday.',
        evidence: {
          role: 'Normal',
          status: 'active',
          twoStep: 'enabled',
          applications: 'Release: deploy, signin',
          exportedAt: '2026-11-23T15:00:00.000Z',
        },
        asOf: at,
      })
    },
  )

  test('is never changed by us', covers('Signon', 'error: invalid'), async () => {
    await expect(signonWith().apply([orderWith()])).rejects.toMatchObject({ kind: 'invalid' })
  })

  test('carries no permissions of other applications, and nothing of anybody else', async () => {
    expect(JSON.stringify(await seen(orderWith(), { entry: { ...entry, 'app Whitehall': 'editor' } }))).not.toContain(
      'editor',
    )
  })

  const notThere: [string, StepOrder, Evidence, string][] = [
    ['without “signin”', orderWith(), { ...entry, 'app Release': 'deploy' }, '“signin” for Release is missing'],
    ['without one application of two', orderWith({}, 'Normal', ['Release', 'Whitehall']), entry, 'for Whitehall'],
    ['suspended', orderWith(), { ...entry, status: 'suspended' }, 'the account is suspended'],
    ['with a lower role', orderWith({}, 'Super Admin'), entry, 'the role is Normal'],
  ]
  test.each(notThere)('is not there %s', async (_, order, found, detail) => {
    expect(await seen(order, { entry: found })).toMatchObject({
      is: 'absent',
      detail: expect.stringContaining(detail),
    })
  })

  test(
    'waits for the engineer while they are only invited, and for 2-step verification of a Super Admin',
    covers('Signon', 'wait'),
    async () => {
      const invited = await seen(orderWith(), { entry: { ...entry, status: 'invited' } })
      expect(invited).toMatchObject({ is: 'waiting', waitsFor: 'engineer' })
      const bare = await seen(orderWith({}, 'Super Admin'), {
        entry: { ...entry, role: 'Super Admin', twoStep: 'not set up' },
      })
      expect(bare).toMatchObject({ is: 'waiting', detail: expect.stringContaining('2-step verification') })
    },
  )

  const untold: [string, StepOrder, Partial<Exported> | null, string, ...Shown[]][] = [
    ['nobody imported an export', orderWith(), null, 'No export of Signon', 'fault: no-answer'],
    ['nobody said that it is done', orderWith({ saidDoneAt: null }), {}, 'Nobody has said yet'],
    [
      'the export is older',
      orderWith({ saidDoneAt: new Date('2026-11-23T15:00:01Z') }),
      {},
      'A newer export',
      'fault: slow',
    ],
    ['who did it imported it', orderWith(), { by: 'p-alex' }, 'had a hand in this step'],
    ['whose access it is imported it', revoke(), { by: 'p-priya' }, 'whose access it is'],
    [
      'only others are in it',
      orderWith(),
      { entry: null },
      'filtered, or they were never invited',
      'fault: somebody-else',
    ],
    [
      'only others are in it now',
      revoke(),
      { entry: null },
      'filtered, or they were never invited',
      'fault: somebody-else',
    ],
    [
      'an Admin made it, who does not see a Super Admin',
      revoke('Super Admin'),
      { entry: null, about: { ...all, seesSuperAdmins: false } },
      'made by an Admin',
      'fault: forbidden',
    ],
    ['Signon has no such application', orderWith({}, 'Normal', ['Realease']), {}, 'no application Realease'],
  ]
  for (const [where, order, found, detail, ...shows] of untold)
    test(`cannot be told where ${where}`, covers('Signon', ...shows), async () => {
      expect(await seen(order, found)).toMatchObject({ is: 'cannot-tell', detail: expect.stringContaining(detail) })
    })

  test('before somebody does it, what is to be revoked is told where it is still there, and never that it is gone', async () => {
    const order = revoke('Normal', { saidDoneAt: null })
    expect(await seen(order)).toMatchObject({ is: 'present', asOf: at })
    expect(await seen(order, { entry: { ...entry, status: 'suspended' } })).toMatchObject({ is: 'cannot-tell' })
    expect(await seen(order, { entry: null })).toMatchObject({ is: 'cannot-tell' })
  })

  test(
    'is there again for somebody who comes back, only by an export from after that',
    covers('Signon', 'restore'),
    async () => {
      const back = orderWith({ saidDoneAt: new Date('2026-11-25T12:00:00Z') })
      expect(await seen(back)).toMatchObject({ is: 'cannot-tell' })
      expect(await seen(back, { at: new Date('2026-11-25T13:00:00Z') })).toMatchObject({ is: 'present' })
    },
  )

  test('that was copied to staging long ago says no day', async () => {
    expect(await seen(orderWith(), {}, new Date('2026-12-20T12:00:00Z'))).toMatchObject({
      is: 'present',
      detail: 'As wanted in the Signon export of 2026-11-23.',
      asOf: at,
    })
  })

  test('before somebody does it, 2-step verification of the engineer is seen all the same', async () => {
    const order = orderWith({ saidDoneAt: null }, 'Super Admin')
    expect(await seen(order)).toMatchObject({ is: 'cannot-tell', ownPartSeen: true })
    expect(await seen(order, { entry: { ...entry, twoStep: 'exempted' } })).toMatchObject({ ownPartSeen: false })
  })

  test('that gave more than was asked for says so', async () => {
    expect(await seen(orderWith(), { entry: { ...entry, role: 'Super Admin' } })).toMatchObject({
      is: 'present',
      detail: expect.stringContaining('The role is Super Admin, more than was asked for.'),
    })
  })

  test(
    'is revoked once suspended, and staging acts on the old state until the copy',
    covers('Signon', 'revoke'),
    async () => {
      const suspended = { entry: { ...entry, status: 'suspended' } }
      expect(await seen(revoke(), suspended)).toMatchObject({
        is: 'absent',
        detail: 'Suspended in the Signon export of 2026-11-23. Expected in staging by Tuesday.',
        effectiveWithinMs: new Date('2026-11-24T01:03:00Z').getTime() - at.getTime(),
      })
      expect(await seen(revoke())).toMatchObject({ is: 'present' })
    },
  )

  test('that was revoked on a Friday is suspended in staging by hand', async () => {
    const friday = { saidDoneAt: new Date('2026-11-27T12:00:00Z') }
    const now = new Date('2026-11-27T15:00:00Z')
    const suspended = { at: now, entry: { ...entry, status: 'suspended' } }
    expect(await seen(revoke('Normal', friday), suspended, now)).toMatchObject({
      is: 'absent',
      detail: expect.stringContaining('Staging follows only on Monday: do the same there by hand.'),
    })
  })

  test('of a Super Admin is revoked by the role where Normal is kept, else only by suspending, which says what it keeps', async () => {
    const kept = revoke('Super Admin')
    const keeping = { ...kept, wanted: { ...kept.wanted, params: { ...kept.wanted.params, keeps: 'Normal' } } }
    expect(await seen(keeping, { entry })).toMatchObject({ is: 'absent' })
    expect(await seen(keeping, { entry: { ...entry, role: 'Admin' } })).toMatchObject({ is: 'present' })
    // Normal is active, and nothing of it was to stay.
    expect(await seen(revoke('Super Admin'), { entry })).toMatchObject({ is: 'present' })
    expect(await seen(revoke('Super Admin'), { entry: { ...entry, role: 'Super Admin' } })).toMatchObject({
      is: 'present',
    })
    const asleep = { ...entry, role: 'Super Admin', status: 'suspended' }
    expect(await seen(revoke('Super Admin'), { entry: asleep })).toMatchObject({
      is: 'absent',
      detail: expect.stringContaining('gives back Super Admin too'),
    })
  })

  describe('of which Signon told us itself', () => {
    const day = 24 * 3_600_000
    const told = (suspended: boolean, minutes: number, from = at): Told => ({
      at: new Date(from.getTime() + minutes * 60_000),
      entry: { suspended },
    })
    const later = new Date(at.getTime() + 3_600_000)
    const suspended = { entry: { ...entry, status: 'suspended' } }

    test(
      'is revoked once the account is suspended: nobody has to say so, nor bring an export',
      covers('Signon', 'revoke', 'verify'),
      async () => {
        const order = revoke('Normal', { saidDoneAt: null })
        for (const found of [null, {}])
          expect(await seen(order, found, later, told(true, 5))).toEqual({
            is: 'absent',
            detail:
              'Signon told us on 2026-11-23 that the account is suspended. Whoever lets them in again gives back the role that they had. Expected in staging by Tuesday.',
            evidence: { status: 'suspended', toldAt: '2026-11-23T15:05:00.000Z' },
            asOf: new Date('2026-11-23T15:05:00Z'),
            effectiveWithinMs: new Date('2026-11-24T01:03:00Z').getTime() - later.getTime(),
          })
      },
    )

    test('that was told a moment before somebody said so, counts', async () => {
      expect(await seen(revoke(), null, later, told(true, -5, doneAt))).toMatchObject({ is: 'absent' })
    })

    test('late: that was told longer than a day ago may have changed since without a call', async () => {
      const order = revoke('Normal', { saidDoneAt: null })
      const now = new Date(at.getTime() + day + 3_600_000)
      expect(await seen(order, null, now, told(true, 0))).toMatchObject({ is: 'cannot-tell' })
    })

    test('stale: what is older than the export decides nothing', async () => {
      expect(await seen(revoke(), {}, later, told(true, -5))).toMatchObject({ is: 'present' })
      expect(await seen(revoke(), suspended, later, told(false, -5))).toMatchObject({ is: 'absent' })
    })

    test('is not revoked by an older export where they were let in since', async () => {
      for (const order of [revoke(), revoke('Super Admin')])
        expect(await seen(order, suspended, later, told(false, 5))).toMatchObject({
          is: 'cannot-tell',
          detail:
            'Signon told us on 2026-11-23 that the account is not suspended any more. A newer export is needed to know the rest.',
        })
    })

    test('is still there where it was said to be revoked, and is not suspended', async () => {
      expect(await seen(revoke(), null, later, told(false, 5))).toMatchObject({ is: 'present' })
      // The role may be lowered, of which Signon tells nothing.
      expect(await seen(revoke('Super Admin'), null, later, told(false, 5))).toMatchObject({ is: 'cannot-tell' })
    })

    test('is never granted by it: neither a role nor other applications are told', async () => {
      expect(await seen(orderWith(), null, later, told(false, 5))).toMatchObject({ is: 'cannot-tell' })
      expect(await seen(orderWith(), {}, later, told(false, 5))).toMatchObject({ is: 'present', asOf: at })
    })

    describe('as one of the applications that are asked for', () => {
      const saying = (permissions: string, app = 'Release'): Told => {
        const { at, entry: said } = told(false, 5)
        return { at, entry: { ...said, [`app ${app}`]: permissions } }
      }

      test('is there where that is all that was asked for, without an export', async () => {
        expect(await seen(orderWith(), null, later, saying('signin, deploy'))).toMatchObject({
          is: 'present',
          detail: 'Signon told us on 2026-11-23 that “signin” for Release is there.',
          asOf: new Date('2026-11-23T15:05:00Z'),
        })
      })

      test('is not there any more where “signin” for it is missing, whatever an older export says', async () => {
        for (const value of ['Normal', 'Super Admin'])
          expect(await seen(orderWith({}, value), {}, later, saying('deploy'))).toMatchObject({
            is: 'absent',
            detail: 'Signon told us on 2026-11-23 that “signin” for Release is missing.',
          })
      })

      const more: [string, StepOrder, Told][] = [
        ['another application is wanted too', orderWith({}, 'Normal', ['Release', 'Whitehall']), saying('signin')],
        ['a higher role is wanted', orderWith({}, 'Super Admin'), saying('signin')],
        ['it is of another application', orderWith(), saying('signin', 'Content')],
        ['nobody said yet that it is done', orderWith({ saidDoneAt: null }), saying('signin')],
        ['it was told before', orderWith({ saidDoneAt: later }), saying('signin')],
      ]
      test.each(more)('is not granted by it where %s', async (_, order, said) => {
        expect(await seen(order, null, later, said)).toMatchObject({ is: 'cannot-tell' })
      })

      test('is not revoked by a missing permission: the role stays', async () => {
        expect(await seen(revoke(), null, later, saying(''))).toMatchObject({ is: 'present' })
      })
    })

    test('is not there any more once suspended, whatever an older export says', async () => {
      expect(await seen(orderWith(), {}, later, told(true, 5))).toMatchObject({
        is: 'absent',
        detail: 'Signon told us on 2026-11-23 that the account is suspended.',
      })
      // Suspended before somebody gave it: they let them in again, or did not.
      expect(await seen(orderWith(), null, later, told(true, -5, doneAt))).toMatchObject({ is: 'cannot-tell' })
    })

    test('what people did is read of a revocation alone, as long as nobody brings exports', () => {
      const signon = (callsWith: string | null, calledAs: string | null = null) =>
        createSignon({
          exported: async () => null,
          newest: async () => null,
          hasExports: async () => false,
          told: async () => null,
          toldAll: async () => new Map(),
          callsWith,
          calledAs,
          now: () => at,
        })
      const reads = (...how: Parameters<typeof signon>) =>
        [orderWith(), revoke()].map((order) => signon(...how).reads?.(order))
      const token = 'example-signon-calls-0123'
      expect([reads(null), reads(token), reads(token, 'Content'), reads(token, 'Release')]).toEqual([
        [false, false],
        [false, true],
        [false, true],
        [true, true],
      ])
    })
  })
})
