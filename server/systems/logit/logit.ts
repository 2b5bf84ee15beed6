import { z } from 'zod'
import { type Observation, type StepOrder, type SystemAdapter, SystemFailure } from '../../grants/system.ts'
import { type JsonClient, jsonClient } from '../http/json-client.ts'

/**
 * Logit's own description says no more of users than that they are listed, so only the address is looked for. Teams are
 * not told: that somebody is in one is a person's word. Source: logit.io/docs/developer-api/account-management.
 */
const user = z.object({ email: z.string() })
const users = z.union([z.array(user), z.object({ users: z.array(user) }).transform((answer) => answer.users)])

export interface LogitParts {
  apiUrl: string
  apiKey: string
  /** The account whose users are looked at, for the settings. */
  account: string
  now(): Date
  timeOutMs?: number
}

/** Logit is changed by people alone; whether somebody has signed in once is read, because only then they can be added. */
export function createLogit({ apiUrl, apiKey, account, now, timeOutMs }: LogitParts): SystemAdapter {
  const client = jsonClient({
    name: 'Logit',
    baseUrl: apiUrl,
    headers: { 'x-api-key': apiKey },
    now,
    ...(timeOutMs ? { timeOutMs } : {}),
  })
  return {
    id: 'logit',
    name: 'Logit',
    can: [],
    async health() {
      const rights = {
        leastRights:
          'A person’s key of Logit’s dashboard, read only by use: Logit has no lesser one. Take an account that is only a member.',
        expiresAt: null,
        noEnd: 'Logit does not say when its keys end.',
      }
      try {
        await usersOf(client, account)
        return {
          state: 'ok',
          sentence: 'Changed by people. Whether somebody has signed in is read.',
          checkedAt: now(),
          ...rights,
        }
      } catch (error) {
        if (!(error instanceof SystemFailure)) throw error
        return { state: 'failing', sentence: error.message, checkedAt: now(), ...rights }
      }
    },
    reads: (order) => accountIn(order) !== null,
    list: async () => ({
      is: 'cannot-see',
      detail: 'Logit lists its users and does not tell who is in which team, so nobody is compared.',
    }),
    read: (order) => read(client, order),
    async apply() {
      throw new SystemFailure('invalid', 'Logit is changed by people alone.', 'Do the step by hand.')
    },
  }
}

async function read(client: JsonClient, order: StepOrder): Promise<Observation> {
  const account = accountIn(order)
  if (account === null) return { is: 'cannot-tell', detail: 'Logit is not read here.' }
  const wanted = order.account.id.toLowerCase()
  const isThere = (await usersOf(client, account)).some(({ email }) => email.toLowerCase() === wanted)
  // The list may be only a part of all: who is not on it may be there all the same.
  return isThere
    ? {
        is: 'cannot-tell',
        detail: 'They have signed in to Logit. It does not tell who is in which team.',
        ownPartSeen: true,
      }
    : {
        is: 'cannot-tell',
        detail: 'Logit does not list them: they sign in once first, and not with “Sign in with Google”.',
      }
}

async function usersOf(client: JsonClient, account: string): Promise<z.infer<typeof user>[]> {
  const found = await client.call({ method: 'GET', path: ['api', 'account', account, 'users'], answer: users })
  if (found) return found.data
  throw new SystemFailure(
    'invalid',
    'Logit does not know the account that was named.',
    'Put account right at the Logit target of the installation file.',
  )
}

function accountIn({ wanted }: Pick<StepOrder, 'wanted'>): string | null {
  const { account } = wanted.params
  return typeof account === 'string' && account !== '' ? account : null
}
