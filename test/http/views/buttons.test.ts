import { describe, expect, test } from 'vitest'
import { goesWhole } from '../../../server/grants/revoke.ts'
import type { Button, Row, WindowPart } from '../../../server/http/api.ts'
import { queueView } from '../../../server/http/views/queue.ts'
import { sectionView } from '../../../server/http/views/section.ts'
import { stepPanel } from '../../../server/http/views/step-panel.ts'
import { viewerOn } from '../../../server/http/views/viewer.ts'
import { isWindowName, windowView } from '../../../server/http/views/windows.ts'
import type { Actor, World } from '../../../server/requests/act.ts'
import { whoCanBeNamed } from '../../../server/requests/acts/attach.ts'
import { type ActName, authorisation, refusedByTable } from '../../../server/requests/authorisation.ts'
import { relationsOf } from '../../../server/requests/relations.ts'
import { stateNames, states } from './states.ts'
import { actorIn, now, viewers } from './world.ts'

/** Never a disabled button: each one that is drawn opens a window that is no refusal, or an act that the table allows. */

const extraIn = (world: World) => ({
  seen: '',
  draft: {},
  unlinked: [],
  candidates: [],
  attempts: [],
  levels: [],
  whole: {
    worlds: [world],
    found: [],
    byHand: [],
    goes: goesWhole(world).map((plan) => ({ world, plan })),
    unread: [],
  },
})

const ofRows = (rows: Row[]) => rows.flatMap((row) => row.buttons)
const ofParts = (parts: WindowPart[]) =>
  parts.flatMap((part) => ofRows([...part.rows, ...part.folds.flatMap((fold) => fold.rows)]))

function drawn(world: World, actor: Actor): Button[] {
  const section = sectionView(world, actor, {
    history: [],
    claims: [{ personId: 'kit', memberId: 'member-kit', fullName: 'Kit Doyle' }],
    old: null,
    unreached: [],
  })
  const queue = queueView([world], actor, { boards: [], board: 'all', tab: 'everything', now, grantedThisWeek: 0 })
  const panels = world.steps.map((step) => stepPanel(step, world, viewerOn(world, actor), actor, []))
  return [
    ...[section.primary, section.help].filter((button) => button !== null),
    ...section.buttons,
    ...ofRows([...section.next, ...section.detail, ...section.folds.flatMap((fold) => fold.rows)]),
    ...queue.rows.flatMap((row) => [...row.buttons, ...(row.panel?.buttons ?? [])]),
    ...panels.flatMap((panel) => panel.buttons),
  ]
}

function isAct(text: string): text is ActName {
  return Object.hasOwn(authorisation, text)
}

/** What is wrong with a button for this viewer, as a sentence; `null` when it works. */
function wrong(button: Button, world: World, actor: Actor): string | null {
  const allowed = (act: string) =>
    isAct(act) ? refusedByTable(act, relationsOf(actor, world.engineer, world.sponsors)) : `there is no act ${act}`
  if ('act' in button.does) return allowed(button.does.act)
  // Who may have a file is asked at its address: `test/http/log.test.ts`, `test/http/register.test.ts`.
  if ('downloads' in button.does) return null
  const { opens, args } = button.does
  if (!isWindowName(opens)) return `there is no window ${opens}`
  const step = world.steps.find((one) => one.id === args?.['subject']) ?? null
  const view = windowView(opens, world, actor, step, extraIn(world))
  if (view.refusal !== null) return view.refusal
  // Naming is judged by whom one may name, not by the name on the card.
  if (view.act === 'attach') return whoCanBeNamed(world, actor).length > 0 ? null : 'there is nobody to name'
  if (view.act !== '' && allowed(view.act)) return allowed(view.act)
  for (const inner of [...view.buttons, ...ofParts(view.parts)])
    if ('act' in inner.does && allowed(inner.does.act)) return allowed(inner.does.act)
  return null
}

describe.each(viewers)('%s', (name) => {
  test.each(stateNames)('%s: every button that is drawn works', (state) => {
    const world = states[state]()
    const actor = actorIn(world, name)
    for (const button of drawn(world, actor))
      expect(wrong(button, world, actor), `${button.text} for ${name}: ${JSON.stringify(button.does)}`).toBeNull()
  })
})

test.each(stateNames)('%s: two buttons of one view never read the same without a label of their own', (state) => {
  const world = states[state]()
  for (const name of viewers) {
    const actor = actorIn(world, name)
    const section = sectionView(world, actor, { history: [], claims: [], old: null, unreached: [] })
    const all = ofRows([...section.next, ...section.detail]).map((button) => button.label ?? button.text)
    expect(new Set(all).size, all.join(', ')).toBe(all.length)
  }
})

test('no closed state is a dead end for the engineer', () => {
  for (const state of ['revoked', 'declined', 'withdrawn', 'expired'] as const) {
    const world = states[state]()
    const { primary } = sectionView(world, actorIn(world, 'priya'), {
      history: [],
      claims: [],
      old: null,
      unreached: [],
    })
    expect(primary?.does).toMatchObject({ opens: 'ask' })
  }
})
