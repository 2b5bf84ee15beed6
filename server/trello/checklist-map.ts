/**
 * What the items of the template cards' checklists mean. The real items are not public, so this is a default that an
 * installation replaces. `claim`: the engineer's own statement. `step`: ticked by the product once that grant is closed.
 */
export type ItemMeaning = { is: 'claim' } | { is: 'step'; grants: string[] } | { is: 'reading' }

export interface ChecklistMap {
  /** By checklist name, then by normalised item text. Other checklists are left alone. */
  checklists: Record<string, Record<string, ItemMeaning>>
}

/** Anybody on a board may write an item of 16,384 characters; no item that means something here is longer than this. */
const LONGEST_ITEM = 500

/** Item text without case, marks, links and doubled spaces: people edit those without meaning anything by it. */
export function normalise(text: string): string {
  return text
    .slice(0, LONGEST_ITEM)
    .replace(/\[([^[\]]*)\]\([^()]*\)/g, '$1')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, ' ')
    .trim()
}

/** What an item means, or `null` for an item or checklist that is not mapped. */
export function meaningOf(map: ChecklistMap, checklist: string, item: string): ItemMeaning | null {
  return map.checklists[checklist]?.[normalise(item)] ?? null
}

const learning = 'What you know'
const access = 'What you get'

const claims: Record<string, string[]> = {
  deploy: [
    'I have read the code review guidelines',
    'I understand the responsibilities that releasing code brings',
    'I know how to roll back an app',
    'I know how to get help from someone with more access',
  ],
  admin: [
    'I have learned about the GOV.UK technical stack',
    'I have learned about the deployment pipeline',
    'I have learned about the incident management process',
    'I have learned about least privilege, safe debugging and credentials',
    'I have sent the Production Admin preparedness form',
  ],
}

const deploySteps: [string, string[]][] = [
  ['GitHub: Production Deploy team', ['github-production-deploy']],
  ['AWS: read-only in staging and production', ['aws-user', 'aws-admin']],
  ['Signon: Normal role and applications', ['signon-production', 'signon-superadmin']],
  ['Logit: GOV.UK Users team', ['logit']],
]

const adminSteps: [string, string[]][] = [
  ...deploySteps,
  ['GitHub: Production Admin team', ['github-production-admin']],
  ['AWS: privileged in production, staging and tools', ['aws-admin']],
  ['Google Cloud: access group', ['gcp-group']],
  ['Fastly: engineer and all services', ['fastly']],
  ['Sentry: Admin', ['sentry']],
]

const stepsOf: Record<string, [string, string[]][]> = { deploy: deploySteps, admin: adminSteps }

/** The template cards' checklists as the default map expects them; the practice board seeds its templates from this. */
export const templateChecklists: Record<string, { name: string; items: string[] }[]> = Object.fromEntries(
  Object.entries(claims).map(([level, own]) => [
    level,
    [
      { name: learning, items: own },
      { name: access, items: (stepsOf[level] ?? []).map(([text]) => text) },
    ],
  ]),
)

export const defaultChecklistMap: ChecklistMap = {
  checklists: {
    [learning]: Object.fromEntries(
      Object.values(claims)
        .flat()
        .map((text): [string, ItemMeaning] => [normalise(text), { is: 'claim' }]),
    ),
    [access]: Object.fromEntries(
      adminSteps.map(([text, grants]): [string, ItemMeaning] => [normalise(text), { is: 'step', grants }]),
    ),
  },
}
