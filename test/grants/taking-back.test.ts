import { describe, expect, test } from 'vitest'
import { lookForMore } from '../../server/grants/look-for-more.ts'
import { goesWhole } from '../../server/grants/revoke.ts'
import { type Observation, SystemFailure } from '../../server/grants/system.ts'
import { undoForm } from '../../server/http/views/windows/revoking.ts'
import { loadWorld } from '../../server/requests/world.ts'
import { describeOnBothDatabases } from '../db/database.ts'
import { closeAll, granted } from './granted.ts'
import { arnOf, lists, org, pathOf, type TestOffice } from './office.ts'
import { officeEach } from './office-each.ts'
import { absent, connectReadSystem, type ReadSystem } from './read-system.ts'

let it: TestOffice
const github = 'github-production-deploy'

async function worldOf(request: string) {
  const { card_id } = await it.db.kysely
    .selectFrom('request')
    .select('card_id')
    .where('id', '=', request)
    .executeTakeFirstOrThrow()
  const world = await loadWorld(it.db.kysely, it.office, card_id)
  if (!world) throw new Error('no world')
  return world
}

/** Opens the revoke window: the systems are looked at, and what it says is answered. */
async function opened(request: string) {
  const { card } = await worldOf(request)
  const { db, office, adapters } = it
  await lookForMore(
    { db, office, adapters, clock: office.clock, report: (error) => void it.reported.push(error) },
    card.id,
    2_000,
  )
  const world = await worldOf(request)
  const text = JSON.stringify(undoForm(world))
  return { goes: goesWhole(world).map(({ key }) => key), text }
}

const inList = (environment: string, list: string) =>
  it.github.file(lists, pathOf(environment)).split(list)[1]?.split(']')[0]?.includes(arnOf('priya.shah')) ?? false
const inTeam = (team: string) => it.github.membership(org, team, 'priya-s')

async function deployAndAdmin(): Promise<{ deploy: string; admin: string }> {
  const deploy = await granted(it)
  const admin = await it.approved('priya', 'admin')
  await closeAll(it, admin)
  expect((await it.request(admin)).state).toBe('granted')
  return { deploy, admin }
}

describeOnBothDatabases('Taking back', (database) => {
  officeEach(database, (office) => {
    it = office
  })

  describe('what another request of the same person needs', () => {
    test('stays when the lower level is revoked, and goes with the higher one', async () => {
      const { deploy, admin } = await deployAndAdmin()
      const { text } = await opened(deploy)
      expect(text).toContain('kept, because another request of Priya needs it.')
      await it.act('dan', 'undo-granted', deploy, { reason: 'Admin has it all' })
      await closeAll(it, deploy, 'revoke')
      expect((await it.request(deploy)).state).toBe('ended')
      expect([inTeam('production-deploy'), inTeam('production-admin')]).toEqual(['active', 'active'])
      // Suspending in Signon would have taken Super Admin too.
      expect((await it.steps(deploy, 'revoke')).map(({ key }) => key)).not.toContain('signon-production/production')
      await it.act('priya', 'undo-granted', admin, { reason: 'Leaves the rota' })
      await closeAll(it, admin, 'revoke')
      expect((await it.request(admin)).state).toBe('ended')
      // What the engineer ended themselves is no revocation to whoever reads of their return.
      expect((await worldOf(admin)).returning).toMatchObject({ request: admin, givenBack: true, why: null })
      expect([inTeam('production-deploy'), inTeam('production-admin')]).toEqual(['none', 'none'])
      for (const environment of ['staging', 'production', 'tools'])
        expect([inList(environment, 'role_user_user_arns'), inList(environment, 'role_admin_user_arns')]).toEqual([
          false,
          false,
        ])
      expect(
        await it.db.kysely.selectFrom('holding').select('grant_key').where('ended_at', 'is', null).execute(),
      ).toEqual([{ grant_key: 'aws-iam-user' }])
    })

    test('stays when the higher level is revoked: demoted, never removed', async () => {
      const { deploy, admin } = await deployAndAdmin()
      await it.act('dan', 'undo-granted', admin, { reason: 'No Admin any more' })
      await closeAll(it, admin, 'revoke')
      expect((await it.request(admin)).state).toBe('ended')
      expect((await it.request(deploy)).state).toBe('granted')
      expect([inTeam('production-deploy'), inTeam('production-admin')]).toEqual(['active', 'none'])
      expect([inList('production', 'role_user_user_arns'), inList('production', 'role_admin_user_arns')]).toEqual([
        true,
        false,
      ])
    })

    test('is not revoked by itself either, and the refusal says where', async () => {
      const { deploy } = await deployAndAdmin()
      await expect(it.act('dan', 'revoke-holding', deploy, { key: github, reason: 'Only this' })).rejects.toThrow(
        'This stays because something of another request of Priya needs it. Revoke or lower that one first.',
      )
    })
  })

  describe('what a look finds beside the record', () => {
    let fastly: ReadSystem
    const there: Observation = { is: 'present', detail: 'Fastly has priya.shah as engineer.', evidence: {} }

    /** Admin is stopped before anybody told of Fastly. */
    async function stoppedBeforeFastly(): Promise<string> {
      fastly = connectReadSystem(it, 'fastly', 'Fastly')
      const request = await it.approved('priya', 'admin')
      await it.run(1)
      await it.act('dan', 'stop', request, { reason: 'Wait' })
      await it.db.kysely
        .updateTable('step')
        .set({ evidence: null, taken_by: null, state: 'stopped' })
        .where('key', '=', 'fastly')
        .execute()
      fastly.answers(there)
      return request
    }

    test('is in the plan as also found, is signed with it, and ends verified gone', async () => {
      const request = await stoppedBeforeFastly()
      const { goes, text } = await opened(request)
      expect(goes).toContain('fastly')
      expect(text).toContain('Also found, and not in our records. Fastly has priya.shah as engineer.')
      await it.act('dan', 'undo-granted', request, { reason: 'For cause' })
      const { id } = await it.step(request, 'fastly', 'revoke')
      await it.run(1)
      expect(await it.step(request, 'fastly', 'revoke')).toMatchObject({ state: 'ready', turn: 'senior-tech' })
      await it.act('dan', 'done-step', id)
      fastly.answers(absent)
      await it.run(2)
      expect((await it.step(request, 'fastly', 'revoke')).state).toBe('verified')
      const signed = await it.db.kysely
        .selectFrom('signed_act')
        .select('statement')
        .where('act', '=', 'undo-granted')
        .executeTakeFirstOrThrow()
      expect(signed.statement).toContain('"key":"fastly"')
    })

    test('stale: what was found more than an hour ago is no basis for a signature', async () => {
      const request = await stoppedBeforeFastly()
      await opened(request)
      it.pass(61 * 60_000)
      expect(goesWhole(await worldOf(request)).map(({ key }) => key)).not.toContain('fastly')
    })

    test('unknown is never no: what could not be looked at is named', async () => {
      const request = await stoppedBeforeFastly()
      fastly.answers(new SystemFailure('transient', 'Fastly is down.', 'Wait.'))
      const { goes, text } = await opened(request)
      expect(goes).not.toContain('fastly')
      expect(text).toContain('We could not look in Fastly for what is not in our records.')
    })

    test('the lower list beside the higher one', async () => {
      const request = await it.approved('priya', 'admin')
      await closeAll(it, request)
      const file = it.github.file(lists, pathOf('staging'))
      it.github.commit(lists, {
        [pathOf('staging')]: file.replace(
          'role_user_user_arns = [',
          `role_user_user_arns = [\n  "${arnOf('priya.shah')}",`,
        ),
      })
      const { goes } = await opened(request)
      expect(goes).toContain('aws-user/staging')
      expect(goes).not.toContain('aws-user/production')
      await it.act('dan', 'undo-granted', request, { reason: 'For cause' })
      await closeAll(it, request, 'revoke')
      expect([inList('staging', 'role_user_user_arns'), inList('staging', 'role_admin_user_arns')]).toEqual([
        false,
        false,
      ])
    })

    test('again: what was revoked alone and came back is revoked anew', async () => {
      const request = await granted(it)
      await it.act('dan', 'revoke-holding', request, { key: github, reason: 'Only this' })
      await closeAll(it, request, 'revoke')
      expect(inTeam('production-deploy')).toBe('none')
      it.github.addMember(org, 'production-deploy', 'priya-s')
      expect((await opened(request)).goes).toContain(github)
      await it.act('dan', 'undo-granted', request, { reason: 'All of it' })
      await closeAll(it, request, 'revoke')
      expect(inTeam('production-deploy')).toBe('none')
      expect((await it.request(request)).state).toBe('ended')
    })
  })
})
