import type { StepRow, World } from '../../../server/requests/act.ts'
import type { PlanStep } from '../../../server/rules/types.ts'
import { approved, type Deviation, daysAgo, holdingsOf, known, makeWorld, priyasAccounts, stepsOf } from './world.ts'

/** Every state that a card can be in, by name: the rows of the badge and section tables. */

const waits = (turn: StepRow['turn'], more: Partial<StepRow> = {}): Partial<StepRow> => ({
  state: 'waiting',
  turn,
  verified_at: null,
  ...more,
})
const task = (turn: StepRow['turn'] = 'second-line', more: Partial<StepRow> = {}) =>
  waits(turn, { state: 'ready', ...more })
const granting = (but: Record<string, Partial<StepRow>>, more: Deviation = {}) =>
  makeWorld({ request: approved, steps: (plan) => stepsOf(plan, but), ...more })

const closedPull = {
  state: 'stuck',
  turn: 'sponsor',
  since: daysAgo(2),
  verified_at: null,
  sentence: 'Kofi Osei closed the pull request without merging it on 21 November.',
  remedy: 'Sam Okoro must ask why, then try again or stop. Sam was told.',
} as const

const granted = {
  ...approved,
  state: 'granted',
  granted_at: daysAgo(0, '10:30'),
  state_since: daysAgo(0, '10:30'),
} as const

function both(plan: PlanStep[], but: Record<string, Partial<StepRow>>): StepRow[] {
  return [...stepsOf(plan), ...stepsOf(plan, but, 'revoke')]
}

export const reviewDue: NonNullable<World['review']> = {
  id: 'review-1',
  person_id: 'priya',
  why: 'absence',
  first_day: '2026-10-01',
  due_day: '2026-11-12',
  opened_at: daysAgo(12),
  closed_at: null,
  outcome: null,
  decided_by: null,
  reason: null,
  look_again_on: null,
  signed_act_id: null,
  announced_at: null,
  escalated_at: null,
  announced_to: null,
}

const { github: _unknown, ...withoutGithub } = priyasAccounts
const apprentice = { value: true, source: 'register', date: '2026-03-12' }
const said = { by: 'priya', date: '2026-11-20', reference: null, recordedBy: null }

export const states = {
  template: () => makeWorld({ request: null, nobody: true, card: { kind: 'template' } }),
  'not asked yet': () => makeWorld({ request: null }),
  'attached, not asked': () => makeWorld({ request: { state: 'candidate' } }),
  'asked on another card': () =>
    makeWorld({ request: null, elsewhere: { cardId: 'd', url: 'https://trello.com/c/OTHER001' } }),
  'two details missing': () =>
    makeWorld({
      engineer: { accounts: withoutGithub },
      request: { state: 'open', reason: null, state_since: daysAgo(4) },
    }),
  'changes asked': () =>
    makeWorld({
      request: {
        state: 'changes-asked',
        changes_asked: {
          what: ['The reason is not clear'],
          line: 'Which apps?',
          by: 'sam',
          at: daysAgo(0).toISOString(),
        },
      },
    }),
  'a fact unknown': () => makeWorld({ engineer: { absences: null }, request: { state: 'open' } }),
  'probation not passed': () =>
    makeWorld({
      level: 'admin',
      engineer: { probation: { value: 'not-passed', source: 'register', date: '2026-03-12' } },
      request: { state: 'open' },
    }),
  'an apprentice to be confirmed': () =>
    makeWorld({
      level: 'admin',
      engineer: { apprentice },
      request: { state: 'open', apprentice: { confident: null, wantsSecondary: said, lineManagerAgrees: null } },
    }),
  'the line manager’s word missing': () =>
    makeWorld({
      level: 'admin',
      engineer: { apprentice },
      request: { state: 'open', apprentice: { confident: said, wantsSecondary: said, lineManagerAgrees: null } },
    }),
  ready: () => makeWorld({ request: { state_since: daysAgo(1) } }),
  'ready for review': () => makeWorld({ level: 'admin' }),
  'reviewed, ready for approval': () =>
    makeWorld({
      level: 'admin',
      request: {
        review: {
          reviewer: 'dan',
          reviewerName: 'Dan Reyes',
          date: '2026-11-20',
          reference: 'response 12',
          formVersion: 'Google Form',
          objectives: ['LO1', 'LO2', 'LO3', 'LO4'],
        },
      },
    }),
  granting: () =>
    granting({ logit: waits('us', { state: 'acting' }), 'argo-cd/staging': { state: 'planned', turn: 'nobody' } }),
  'a fact unknown while granting': () =>
    granting(
      { logit: waits('us', { state: 'acting' }), 'argo-cd/staging': { state: 'planned', turn: 'nobody' } },
      { engineer: { absences: null } },
    ),
  'engineer to accept': () => granting({ 'github-production-deploy': waits('engineer') }),
  'engineer has two': () => granting({ 'github-production-deploy': waits('engineer'), logit: waits('engineer') }),
  '2nd line to do Signon': () =>
    granting({ 'signon-production/production': task('second-line', { since: daysAgo(3) }) }),
  'taken by Alex': () =>
    granting({
      'signon-production/production': task('second-line', { taken_by: 'alex', taken_at: daysAgo(0, '10:10') }),
    }),
  'engineer and 2nd line': () =>
    granting({
      'github-production-deploy': waits('engineer', { since: daysAgo(1) }),
      'signon-production/production': task('second-line', { since: daysAgo(2) }),
    }),
  'reviewer to merge': () =>
    granting({ 'aws-user/staging': waits('reviewer'), 'aws-user/production': waits('reviewer') }),
  'done, to be seen': () =>
    granting({
      logit: waits('second-person', { state: 'done', done_by: 'alex', sentence: 'Done by Alex Green, not checked.' }),
    }),
  stuck: () => granting({ 'aws-user/staging': closedPull, 'aws-user/production': closedPull }),
  'stuck, and the engineer to accept': () =>
    granting({
      'aws-user/staging': closedPull,
      'aws-user/production': closedPull,
      'github-production-deploy': waits('engineer', { since: daysAgo(1) }),
    }),
  'stuck with the engineer’s name': () =>
    granting({
      'github-production-deploy': {
        state: 'stuck',
        turn: 'engineer',
        verified_at: null,
        sentence: 'GitHub has no account priya-s with the number that was approved.',
        remedy: 'The engineer gives their GitHub username again, and the sponsor approves again.',
      },
    }),
  'held by a changed account': () =>
    granting({
      logit: {
        state: 'stopped',
        turn: 'sponsor',
        verified_at: null,
        sentence: 'Priya’s account for this step changed after the approval. Nothing was changed.',
        remedy: 'The sponsor checks the new account and approves again.',
      },
    }),
  stopped: () =>
    granting(
      { logit: { state: 'stopped', turn: 'sponsor' } },
      { request: { ...approved, state: 'stopped', closing_reason: 'Moves team' } },
    ),
  'help asked': () => granting({ logit: waits('us') }, { helps: [{ system: 'Google Cloud' }] }),
  paused: () => makeWorld({ request: { paused_because: 'The card was archived. Say whether the request continues.' } }),
  granted: () => makeWorld({ request: granted, steps: (plan) => stepsOf(plan), holdings: holdingsOf }),
  'admin granted': () =>
    makeWorld({ level: 'admin', request: granted, steps: (plan) => stepsOf(plan), holdings: holdingsOf }),
  'review due': () =>
    makeWorld({
      engineer: { absences: known([{ start: '2026-10-01', end: null }]) },
      request: granted,
      steps: (plan) => stepsOf(plan),
      holdings: holdingsOf,
      review: reviewDue,
    }),
  'granting, review due': () => granting({ logit: waits('us') }, { holdings: holdingsOf, review: reviewDue }),
  'partly revoked': () =>
    makeWorld({
      request: granted,
      steps: (plan) => [
        ...stepsOf(plan),
        ...stepsOf(plan, {}, 'revoke').filter((one) => one.key === 'github-production-deploy'),
      ],
      holdings: (steps) => holdingsOf(steps).filter((one) => one.grant_key !== 'github-production-deploy'),
    }),
  revoking: () =>
    makeWorld({
      request: { ...granted, state: 'revoking' },
      steps: (plan) => both(plan, { logit: waits('us') }),
      holdings: holdingsOf,
    }),
  'revoking, 2nd line': () =>
    makeWorld({
      request: { ...granted, state: 'revoking' },
      steps: (plan) => both(plan, { 'signon-production/production': task() }),
      holdings: holdingsOf,
    }),
  'revoking, still there': () =>
    makeWorld({
      level: 'admin',
      request: { ...granted, state: 'revoking' },
      steps: (plan) =>
        both(plan, { fastly: { state: 'stuck', turn: 'second-line', since: daysAgo(1), verified_at: null } }),
      holdings: holdingsOf,
    }),
  revoked: () => returningTo(makeWorld({ request: { ...granted, state: 'ended' }, steps: (plan) => both(plan, {}) })),
  declined: () =>
    makeWorld({ request: { state: 'declined', closed_by: 'sam', closing_reason: 'Not needed for this team' } }),
  withdrawn: () => makeWorld({ request: { state: 'withdrawn', closed_by: 'priya' } }),
  expired: () => makeWorld({ request: { state: 'expired' } }),
} satisfies Record<string, () => World>

export type StateName = keyof typeof states
export const stateNames = Object.keys(states) as StateName[]

/** Whoever would ask on this card comes back to what was revoked on it. */
function returningTo(world: World): World {
  const { request, plan } = world
  if (!request) return world
  const { id, level, state_since, reason, signon_apps, review } = request
  const onReturn = [...new Set(plan?.steps.flatMap((step) => step.onReturn ?? []))]
  const returning = {
    request: id,
    level,
    on: state_since,
    adopted: false,
    givenBack: false,
    why: 'absence' as const,
    reason,
    review,
    accounts: {},
    onReturn,
  }
  return { ...world, returning: { ...returning, signonApps: signon_apps } }
}
