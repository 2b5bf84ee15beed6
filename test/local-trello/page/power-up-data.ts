import type { PluginData } from '../page-data.ts'
import { textField } from './dom.ts'
import { looksSecret } from './host/checks.ts'
import { HostFailure } from './host/failure.ts'
import { act, mayEdit, read, state } from './state.ts'

/** What the Power-Up keeps in Trello. Taken is not kept: a value is given back before the server has it. */

const MOST_STORED = 4096

interface Place {
  scope: string
  visibility: string
  card: string | null
}

interface Taken extends Place {
  data: string
}

let taken: Taken[] = []
let saving: Promise<unknown> = Promise.resolve()

/** Everything for one card, the board, the workspace and whoever is looking, as the page has it. */
export async function powerUpData(card: string): Promise<PluginData> {
  // What was taken before this began may be saved, and gone from here, before the answer is there.
  const before = taken
  const query = new URLSearchParams({ board: state.data.board.id, card, by: state.viewer })
  const data = await read<PluginData>(`/data/plugin?${query}`)
  for (const one of [...before, ...taken]) {
    const scope = data[one.scope]
    if (scope && (one.card === null || one.card === card) && isVisibility(one.visibility))
      scope[one.visibility] = one.data
  }
  return data
}

/**
 * Takes a value, and saves it afterwards.
 * @throws HostFailure when it is too long, looks like a secret, or is not for whoever is looking
 */
export function storePowerUpData(place: Place, data: string): void {
  const { scope, visibility } = place
  if (data.length > MOST_STORED)
    throw new HostFailure('error', `${scope} data is longer than ${MOST_STORED} characters`)
  if (state.viewer === '') throw new HostFailure('error', 'nobody is signed in')
  if (visibility === 'shared') {
    if (looksSecret(data)) throw new HostFailure('error', 'shared data that looks like a token or a secret is refused')
    if (scope !== 'member' && !mayEdit()) throw new HostFailure('error', 'shared data is for those who may edit')
  }
  const mine = { ...place, data }
  taken = [...taken, mine]
  saving = saving
    .then(() => act({ do: 'plugin-data', ...mine }))
    .catch(() => null)
    .then(() => {
      taken = taken.filter((one) => one !== mine)
    })
}

/** The card's data when a card is named, as `t.set` may do. */
export function placeOf(options: Record<string, unknown>, card: () => string): Place {
  const scope = textField(options, 'scope')
  const named = textField(options, 'idCard')
  return { scope, visibility: textField(options, 'visibility'), card: scope === 'card' ? named || card() : null }
}

function isVisibility(text: string): text is 'shared' | 'private' {
  return text === 'shared' || text === 'private'
}
