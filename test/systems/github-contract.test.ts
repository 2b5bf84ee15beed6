import { generateKeyPairSync } from 'node:crypto'
import { expect, test } from 'vitest'
import { createAwsRoleLists } from '../../server/systems/aws/role-lists.ts'
import { createGithubClient, type GithubClient } from '../../server/systems/github/client.ts'
import { createGithubTeams } from '../../server/systems/github/teams.ts'
import { type LocalGithub, startLocalGithub } from '../local-systems/github.ts'
import { covers } from './covers.ts'
import { arnOf, listOrder, org, pathOf, repository, team, teamOrder } from './orders.ts'

/**
 * GitHub's own description (a slice is committed) judges every request of ours and every answer of the stand-in, in every
 * test that starts it: whatever it does not allow fails the run when the stand-in is closed.
 */

const now = () => new Date('2026-11-02T09:00:00Z')
const list = (users: string[]) =>
  [...users.map((user) => `  "${arnOf(user)}",`), ']', ''].reduce(
    (text, line) => `${text}${line}\n`,
    'role_admin_user_arns = []\nrole_user_user_arns = [\n',
  )

async function start(): Promise<{ github: LocalGithub; client: GithubClient }> {
  const github = await startLocalGithub({ now })
  github.addUser('priya-s', 1001)
  github.addUser('alex-g', 1004)
  github.addTeam(org, team, 'GOV.UK Production Deploy')
  github.addTeam(org, 'child', 'A child team', { parent: team })
  github.addRepo(
    repository,
    Object.fromEntries(['staging', 'production'].map((one) => [pathOf(one), list(['sam.okoro'])])),
  )
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  github.addApp('1', '2', publicKey.export({ type: 'spki', format: 'pem' }).toString())
  const client = createGithubClient({
    apiUrl: `${github.origin}/api`,
    credentials: {
      kind: 'app',
      appId: '1',
      installationId: '2',
      privateKey: privateKey.export({ type: 'pkcs1', format: 'pem' }).toString(),
    },
    pace: 'at-once',
  })
  return { github, client }
}

test(
  'every operation that we call is in GitHub’s description, and both sides keep to it',
  covers('GitHub teams', 'description: GitHub’s OpenAPI', 'client: octokit'),
  async () => {
    const { github, client } = await start()
    const teams = createGithubTeams(client, now)
    const lists = createAwsRoleLists(client, now)
    const both = (change = {}) => [listOrder('staging', change), listOrder('production', change)]

    await teams.health()
    await teams.findAccount?.('priya-s')
    await teams.apply([teamOrder()])
    await teams.read(teamOrder())
    github.failInvitation('priya-s', 'Invitation expired.')
    await teams.read(
      teamOrder({ lastSeen: { state: 'pending' }, sentTo: 'https://github.com/orgs/example-gov/invitation' }),
    )
    await teams.apply([teamOrder()])
    await teams.apply([teamOrder({ direction: 'revoke' })])
    github.addMember(org, 'child', 'priya-s')
    await teams.read(teamOrder({ direction: 'revoke' }))
    await teams.list?.({ environment: null, wanted: teamOrder().wanted, kind: 'github' })

    const { link } = await lists.apply(both())
    await lists.read(listOrder('staging', { sentTo: link }))
    github.commit(repository, { [pathOf('staging')]: list(['sam.okoro', 'kit.doyle']) })
    await lists.apply(both({ sentTo: link }))
    github.closePull(repository, 1, 'kofi-o')
    await lists.read(listOrder('staging', { sentTo: link }))
    const again = await lists.apply(both({ sentTo: null, lastSeen: { pull: 1 } }))
    await lists.withdraw?.(listOrder('staging', { sentTo: again.link }))

    expect(github.contract.seen().unseen).toEqual([])
    await github.close()
  },
)

test.each<[string, (client: GithubClient) => Promise<unknown>, string]>([
  [
    'a role that there is not',
    (client) =>
      client.call('PUT /orgs/{org}/teams/{team_slug}/memberships/{username}', {
        org,
        team_slug: team,
        username: 'priya-s',
        role: 'owner',
      }),
    'add-or-update-membership-for-user-in-org, asked: /requestBody/role must be equal to one of the allowed values',
  ],
  [
    'an operation that we do not know',
    (client) => client.call('GET /orgs/{org}/members', { org }),
    `GET /orgs/${org}/members is not in the description`,
  ],
])('a lie cannot pass: %s', async (_what, call, says) => {
  const { github, client } = await start()
  await call(client).catch(() => {})
  await expect(github.close()).rejects.toThrow(says)
})
