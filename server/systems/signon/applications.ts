import type { Evidence, StepOrder } from '../../grants/system.ts'
import { APP } from './export-file.ts'

/** Which applications a step asks for, and what an entry says of them. */

export function appsOf({ wanted }: Pick<StepOrder, 'wanted'>): string[] {
  const { apps } = wanted.params
  return Array.isArray(apps) ? apps : []
}

export const sameName = (one: string, other: string) => one.trim().toLowerCase() === other.trim().toLowerCase()

export function permissionsIn(entry: Evidence, app: string): string[] {
  return listed(entry, app) ?? []
}

/** @returns `null` where the entry says nothing of this application */
export function mayDo(entry: Evidence, app: string, permission: string): boolean | null {
  return listed(entry, app)?.includes(permission) ?? null
}

function listed(entry: Evidence, app: string): string[] | null {
  const found = Object.entries(entry).find(([key]) => key.startsWith(APP) && sameName(key.slice(APP.length), app))
  if (!found) return null
  return String(found[1] ?? '')
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '')
}
