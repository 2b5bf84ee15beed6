import type { Evidence, ExportedAll, Listed, Listing } from '../../grants/system.ts'

/** Everybody of whom the newest export was kept, with how they stand to a role. */
export function listExport({ at, entries, about }: ExportedAll, wanted: string): Listing {
  const hidden = about['seesSuperAdmins'] !== true
  const accounts = [...entries].flatMap(([email, entry]): Listed[] => {
    if (!entry || entry['status'] === 'suspended') return []
    return [{ account: { kind: 'email', id: email, name: email }, ...judged(email, entry, wanted) }]
  })
  // Whoever made such an export does not see Super Admins at all: not being in it says nothing.
  const onlyOf = new Set([...entries].flatMap(([email, entry]) => (hidden && entry === null ? [] : [email])))
  const cannotSee = 'Of an export only those are kept whose access stands here, so nobody else is seen.'
  return { is: 'listed', accounts, nameless: 0, onlyOf, cannotSee, asOf: at }
}

function judged(email: string, entry: Evidence, wanted: string): Pick<Listed, 'has' | 'detail'> {
  const { role, status } = entry
  const detail = `${email} is ${role} in Signon.`
  if (status === 'invited') return { has: 'invited', detail: `${email} is invited to Signon as ${role}.` }
  if (wanted === 'Super Admin') return { has: role === 'Super Admin' ? 'wanted' : 'less', detail }
  return { has: role === 'Normal' ? 'wanted' : 'more', detail }
}
