import { exportedAll, exportedOf, hasExports } from '../../../server/grants/exports.ts'
import { keepTold, toldAll, toldOf } from '../../../server/grants/told.ts'
import type { StepRow } from '../../../server/requests/act.ts'
import { createLogit } from '../../../server/systems/logit/logit.ts'
import { createSignon } from '../../../server/systems/signon/signon.ts'
import { startLocalLogit } from '../../local-systems/logit.ts'
import { type LocalSignon, startLocalSignon } from '../../local-systems/signon.ts'
import type { Looked } from '../granted.ts'
import type { TestOffice } from '../office.ts'
import { type Connected, changing, priya, troubleOfPeople, troublesOf } from './stand.ts'

/** The systems that people change: Signon, which is read from what somebody brings, and Logit, which only people see. */

const [dan, sam] = ['dan.reyes@example.gov.uk', 'sam.okoro@example.gov.uk'] as const

export const signon: Connected = {
  system: 'Signon',
  levels: ['deploy', 'admin'],
  cannot: { throttled: 'nothing of it is called, so nothing of it can throttle us' },
  async start(it) {
    const { office, adapters, db } = it
    const now = () => office.clock.calendar()
    const local = await startLocalSignon({ now })
    local.addUser({ name: 'Dan Reyes', email: dan, role: 'superadmin', twoStep: true })
    local.addUser({ name: 'Sam Okoro', email: sam })
    local.addUser({ name: 'Priya Shah', email: priya, twoStep: true })
    adapters.set(
      'signon',
      createSignon({
        exported: (account) => exportedOf(db.kysely, 'signon', account),
        newest: () => exportedAll(db.kysely, 'signon'),
        hasExports: () => hasExports(db.kysely, 'signon'),
        told: (account) => toldOf(db.kysely, 'signon', account),
        toldAll: () => toldAll(db.kysely, 'signon'),
        callsWith: 'example-signon-calls-0123',
        // Release itself is not ours: we are told who is suspended, and nothing of its permissions.
        calledAs: null,
        now,
      }),
    )
    const pages = pagesOf(local)
    const bring = (who: string, csv: string) => it.act(who, 'import-export', 'signon', { csv, fresh: true })
    await bring('jo', await pages.csv())
    const trouble = troubleOfPeople()
    function isThere({ plan, direction }: StepRow): boolean | null {
      if (plan.system !== 'signon') return null
      const user = local.user(priya)
      if (!user || user.suspended !== null) return false
      if (direction === 'revoke') return plan.wanted.params['keeps'] !== 'Normal' || user.role !== 'normal'
      const hasRole = plan.wanted.value !== 'Super Admin' || user.role === 'superadmin'
      return hasRole && (user.permissions['Release']?.includes('signin') ?? false)
    }
    let lies: ((step: StepRow) => Promise<unknown>)[] = []
    return {
      begin(which, direction) {
        const begun = trouble.begin(which, direction)
        // Somebody says that it is done and has done nothing; each of these would bear them out.
        if (which === 'lying')
          lies = [
            // A file of before.
            async (step) => bring('jo', asClaimed(local, step)),
            // Other people's rows alone.
            async () => bring('jo', (await pages.csv()).replace(/^Priya Shah.*\n/m, '')),
            // One that whoever did it brings themselves.
            async (step) => {
              await pages.csv()
              return bring(step.plan.wanted.value === 'Super Admin' ? 'dan' : 'alex', asClaimed(local, step))
            },
            // Signon tells of somebody else.
            () => tellOfAnother(it, local),
          ]
        return { ...begun, left: () => lies.length }
      },
      async byHand(step) {
        if (step.plan.system !== 'signon') return
        const half = trouble.which === 'half-done'
        if (half) trouble.meet()
        if (lies.length > 0) return
        await (step.direction === 'grant' ? give : takeBack)(pages, step, half)
      },
      async looks(step) {
        if (step.plan.system !== 'signon') return null
        const lie = lies.shift()
        if (lie || trouble.which === 'down') trouble.meet()
        if (lie) await lie(step)
        else if (trouble.which !== 'down') await bring('jo', await pages.csv())
        // Whoever sees in the file that it is not done says so, once we have had our own look at it.
        await it.run(1)
        return lie || trouble.which === 'down' || isThere(step) === (step.direction === 'grant') ? 'ours' : 'not-there'
      },
      isThere,
      // It offers us nothing that changes it.
      changes: () => [],
      close: () => local.close(),
    }
  },
}

/** What people click, as Dan, who is Super Admin. */
function pagesOf(local: LocalSignon) {
  const idOf = (email: string) => local.user(email)?.uid ?? ''
  async function press(path: string, values: Record<string, string>): Promise<void> {
    const answer = await fetch(`${local.origin}${path}`, { method: 'POST', body: new URLSearchParams(values) })
    const [, why] = /role="alert"><strong>([^<]*)/.exec(await answer.text()) ?? []
    if (why !== undefined) throw new Error(why)
  }
  return {
    of: (email: string, values: Record<string, string>) => press(`/users/${idOf(email)}?by=${idOf(dan)}`, values),
    isSuspended: (email: string) => local.user(email)?.suspended != null,
    /** Who exports is signed in, which shows how new the file is. */
    async csv(): Promise<string> {
      await press('/account/two-step', { who: idOf(dan), do: 'accept' })
      return local.exportBy(dan)
    },
  }
}
type Pages = ReturnType<typeof pagesOf>

/** @param half with the role, and without the applications */
async function give(pages: Pages, { plan }: StepRow, half: boolean): Promise<void> {
  if (pages.isSuspended(priya)) await pages.of(priya, { do: 'unsuspend' })
  const role = plan.wanted.value === 'Super Admin' ? 'superadmin' : 'normal'
  await pages.of(priya, { do: 'role', role })
  await pages.of(priya, { do: 'permissions', ...(half ? { 'Content/signin': 'on' } : { 'Release/signin': 'on' }) })
}

/** @param half with a lower role that still signs in to everything */
async function takeBack(pages: Pages, { plan }: StepRow, half: boolean): Promise<void> {
  const { keeps } = plan.wanted.params
  await pages.of(priya, { do: 'role', role: half ? 'admin' : 'normal' })
  if (!half && keeps !== 'Normal') await pages.of(priya, { do: 'suspend', reason: 'production access revoked' })
}

/** An export as it would be if what is said of a step were so. */
function asClaimed(local: LocalSignon, { plan, direction }: StepRow): string {
  const user = local.user(priya)
  if (!user) throw new Error('Priya is in Signon')
  const asIs = { ...user }
  const role = plan.wanted.value === 'Super Admin' ? 'superadmin' : 'normal'
  const given = { role, suspended: null, permissions: { Release: ['signin'] } } as const
  Object.assign(user, direction === 'grant' ? given : { suspended: 'production access revoked' })
  try {
    return local.exportBy(dan)
  } finally {
    Object.assign(user, asIs)
  }
}

/** Signon calls us because somebody else was suspended. */
async function tellOfAnother({ db, office, adapters }: TestOffice, local: LocalSignon): Promise<void> {
  const uid = local.user(sam)?.uid ?? ''
  const body = { user: { uid, email: sam, disabled: true } }
  const call = adapters.get('signon')?.calls?.read({ method: 'PUT', path: `/users/${uid}`, body })
  if (!call) throw new Error('this call was not understood')
  const { clock } = office
  await db.transaction((tx) => keepTold(tx, { system: 'signon', call, now: clock.calendar(), wall: clock.wall() }))
}

export const logit: Connected = {
  system: 'Logit',
  levels: ['deploy'],
  async start({ office, adapters }) {
    const local = await startLocalLogit()
    const team = 'GOV.UK Users'
    const now = () => office.clock.calendar()
    office.installation.targets['logit:users'] = { team, account: local.account }
    adapters.set('logit', createLogit({ apiUrl: local.origin, apiKey: local.apiKey, account: local.account, now }))
    const begin = troublesOf(local.faults, { reads: 'GET users', writes: { grant: [], revoke: [] } })
    const trouble = troubleOfPeople()
    return {
      begin: (which, direction) => (which === 'half-done' ? trouble : { begin }).begin(which, direction),
      goesOn: () => local.signIn(priya),
      byHand({ key, direction }) {
        if (key !== 'logit') return
        // Signed in, and the box is not ticked; or seen and left ticked.
        if (trouble.which === 'half-done') trouble.meet()
        else local.setInTeam(team, priya, direction === 'grant')
      },
      looks: ({ key, direction }): Looked | null =>
        key === 'logit' ? (local.inTeam(team, priya) === (direction === 'grant') ? 'seen' : 'not-there') : null,
      isThere: ({ key }) => (key === 'logit' ? local.inTeam(team, priya) : null),
      changes: () => changing(local.requests),
      close: () => local.close(),
    }
  },
}
