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
    travelsWith: [],
    proposal: 'step-1',
    method: 'api',
    cardUrl: 'https://trello.com/c/abc12345',
    engineerName: 'Priya Shah',
    sponsorName: 'Sam Okoro',
    sentTo: null,
    inDoubt: false,
    concerned: [],
    lastSeen: null,
    seen: null,
    ...change,
  }
}

export const repository = `${org}/example-aws-data`
/** Twelve zeros: account numbers are configuration and never in fixtures. */
export const arnOf = (name: string, account = '000000000000') => `arn:aws:iam::${account}:user/${name}@example.gov.uk`
export const pathOf = (environment: string) => `data/infra-security/${environment}/common.tfvars`

const listIn = (environment: string, list: string) => ({
  value: list,
  params: { repository, branch: 'main', path: pathOf(environment), list },
})

/** One of two steps, in staging and in production, that travel together. */
export function listOrder(
  environment: string,
  change: Partial<StepOrder> = {},
  list = 'role_user_user_arns',
): StepOrder {
  return teamOrder({
    stepId: `step-${environment}`,
    environment,
    account: { kind: 'aws', id: arnOf('priya.shah'), name: 'priya.shah@example.gov.uk' },
    wanted: listIn(environment, list),
    travelsWith: [listIn(environment === 'staging' ? 'production' : 'staging', list)],
    proposal: 'aws-lists',
    method: 'pull-request',
    ...change,
  })
}

/** The step that only looks whether the IAM user is there. */
export function iamUserOrder(change: Partial<StepOrder> = {}): StepOrder {
  return teamOrder({
    stepId: 'step-iam-user',
    account: { kind: 'aws', id: arnOf('priya.shah'), name: 'priya.shah@example.gov.uk' },
    wanted: { value: 'exists with MFA', params: {} },
    method: 'task',
    ...change,
  })
}

export const googleGroup = 'production-access@example.gov.uk'

export function groupOrder(change: Partial<StepOrder> = {}): StepOrder {
  return teamOrder({
    stepId: 'step-gcp',
    account: { kind: 'email', id: 'priya.shah@example.gov.uk', name: 'priya.shah@example.gov.uk' },
    wanted: { value: 'member', params: { group: googleGroup, page: 'https://groups.example.gov.uk/' } },
    ...change,
  })
}
