import fastly from 'fastly'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type LocalFastly, startLocalFastly } from '../local-systems/fastly.ts'
import { covers } from './covers.ts'

/** The local Fastly, driven by Fastly's own client: what it sends is understood, and it can read what is answered. */

const email = 'priya.shah@example.gov.uk'
let local: LocalFastly
beforeEach(async () => {
  local = await startLocalFastly()
  // The client names its host in every operation; the last argument of a call is that host.
  const { instance } = fastly.ApiClient
  instance.callApi = (...call) =>
    fastly.ApiClient.prototype.callApi.apply(instance, [...call.slice(0, -1), `${local.origin}/api`])
  instance.authenticate(local.token)
})
afterEach(() => local.close())

test('Fastly’s own client invites, sees, changes and deletes', covers('Fastly', 'client: fastly'), async () => {
  const [invitations, customers, users, tokens] = [
    new fastly.InvitationsApi(),
    new fastly.CustomerApi(),
    new fastly.UserApi(),
    new fastly.TokensApi(),
  ]
  const sent = await invitations.createInvitation({
    invitation: {
      data: {
        type: 'invitation',
        attributes: { email, role: 'user', limit_services: true },
        relationships: { customer: { data: { id: local.customer, type: 'customer' } } },
      },
    },
  })
  // Its model of an answer keeps of the attributes only the times.
  expect(sent.data).toMatchObject({ type: 'invitation', attributes: { created_at: expect.any(Date) } })
  expect(local.invitations()).toMatchObject([{ email, role: 'user', limit_services: true }])
  const open = await invitations.listInvitations({ page_number: 1, page_size: 100 })
  expect(open.data).toHaveLength(1)

  local.accept(email)
  const all = await customers.listUsers({ customer_id: local.customer })
  const user = all.find(({ login }) => login === email)
  expect(user).toMatchObject({ role: 'user', limit_services: true })
  const user_id = String(user?.id)
  await users.updateUser({ user_id, role: 'engineer', limit_services: false })
  expect(await users.getUser({ user_id })).toMatchObject({ role: 'engineer', limit_services: false })

  const made = local.user(email)
  if (made) local.addTokenOf(made)
  await expect(users.deleteUser({ user_id })).rejects.toMatchObject({ status: 400 })
  for (const { id, user_id: of } of await tokens.listTokensCustomer({ customer_id: local.customer }))
    if (of === user_id) await tokens.revokeToken({ token_id: String(id) })
  await users.deleteUser({ user_id })
  expect(local.user(email)).toBeNull()
  expect(fastly.ApiClient.instance.rateLimitRemaining).toBe(995)
})

test('our own token tells when it ends', async () => {
  const self = await new fastly.TokensApi().getTokenCurrent()
  expect(self).toMatchObject({ scope: 'global', expires_at: '2027-06-30T00:00:00.000Z' })
})
