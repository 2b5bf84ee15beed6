import type { ExportState } from '../../grants/export-states.ts'
import type { Actor } from '../../requests/act.ts'
import { loadActor } from '../../requests/actor.ts'
import { refusedByTable } from '../../requests/authorisation.ts'
import { relationsOf } from '../../requests/relations.ts'
import { loadShared, type Shared } from '../../requests/world.ts'
import type { TurnRole } from '../../rules/types.ts'
import { linkOrNull } from '../../rules/words.ts'
import type { WindowView } from '../api.ts'
import { ownerOf } from '../views/export-owner.ts'
import { exportItem, exportWindow } from '../views/exports.ts'
import type { Item } from '../views/queue-items.ts'
import { namesWithRole } from '../views/who-can.ts'
import type { Viewer } from '../who.ts'
import type { ReadingParts } from './parts.ts'

/** Exports that are due, in the queue of those who may bring them, and the window in which one is brought. */

function refusedTo(actor: Actor): string | null {
  return refusedByTable('import-export', relationsOf(actor, null, []))
}

export async function exportsFor(
  parts: Pick<ReadingParts, 'db' | 'office' | 'exports'>,
  actor: Actor,
): Promise<Item[]> {
  if (!actor.person || refusedTo(actor) !== null) return []
  const states = (await parts.exports()).filter(({ dueSince }) => dueSince !== null)
  if (states.length === 0) return []
  const { office, db } = parts
  const shared = await loadShared(db.kysely, office)
  return states.flatMap((state) => {
    const [owner, { dueSince }] = [ownerOf(state.policy), state]
    if (!owner || !dueSince) return []
    const ids = idsWith(shared, owner)
    const who = namesWithRole(
      ids.flatMap((id) => shared.people.get(id)?.fullName ?? []),
      owner,
    )
    const own = ids.includes(actor.person?.id ?? '')
    const due = { state: named(state, shared), dueSince, own, who, page: pageOf(parts, state.system) }
    return exportItem(due, office.clock.calendar())
  })
}

/** Who brought the newest, by name. */
function named(state: ExportState, { people }: Shared): ExportState {
  const { newest } = state
  return { ...state, newest: newest && { ...newest, by: people.get(newest.by)?.fullName ?? 'somebody' } }
}

function idsWith({ secondLine, keepers, people }: Shared, role: TurnRole): string[] {
  if (role === 'second-line') return secondLine
  if (role === 'keeper') return keepers
  return [...people.values()].filter((one) => one.seniorTech?.value === true).map(({ id }) => id)
}

/** Where it is downloaded: the page of the system's first target that has one. */
function pageOf({ office }: Pick<ReadingParts, 'office'>, system: string): string | null {
  const targets = Object.entries(office.installation.targets).filter(([name]) => name.startsWith(`${system}:`))
  return targets.map(([, { page }]) => linkOrNull(page ?? '')).find((page) => page !== null) ?? null
}

/** The window of one system's export; `null` where it takes none. */
export async function readExportWindow(
  parts: Pick<ReadingParts, 'db' | 'office' | 'exports'>,
  viewer: Viewer,
  system: string,
): Promise<WindowView | null> {
  const state = (await parts.exports()).find((one) => one.system === system)
  if (!state) return null
  const { office, db } = parts
  const actor = await loadActor(db.kysely, office, viewer)
  const shared = await loadShared(db.kysely, office)
  return exportWindow(named(state, shared), refusedTo(actor), office.clock.calendar())
}
