import type { StepOrder } from '../../server/grants/system.ts'

/** Orders as the worker gives them, about one invented engineer. */

export const org = 'example-gov'
export const team = 'production-deploy'
export const priya = { kind: 'github', id: '1001', name: 'priya-s' } as const

export function teamOrder(change: Partial<StepOrder> = {}): StepOrder {
  return {
    requestId: 'request-1',
    stepId: 'step-1',
    direction: 'grant',
    environment: null,
    account: priya,
    wanted: { value: 'member', params: { org, team } },
    method: 'api',
    cardUrl: 'https://trello.com/c/abc12345',
    engineerName: 'Priya Shah',
    sponsorName: 'Sam Okoro',
    sentTo: null,
    ...change,
  }
}
