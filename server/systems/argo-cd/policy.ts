/** Argo CD's `policy.csv`, as far as it says which role a GitHub team has. */

export type Role = 'none' | 'readonly' | 'admin' | 'other'

const builtIn: Record<string, Role> = { 'role:readonly': 'readonly', 'role:admin': 'admin' }

/**
 * The strongest role that the policy gives a subject, through groups of groups. Lines `g, who, role` are followed;
 * a role of somebody's own making is `other`, because its permissions would have to be weighed one by one.
 * @param policy text of the file: comma-separated, `#` begins a comment
 * @param subject as Dex names a team: `organisation:team`
 */
export function roleIn(policy: string, subject: string): Role {
  const given = policy
    .split('\n')
    .map(
      (line) =>
        line
          .split('#')[0]
          ?.split(',')
          .map((cell) => cell.trim()) ?? [],
    )
    .filter(([kind]) => kind === 'g')
  const reached = new Set<string>()
  const open = [subject]
  for (let who = open.pop(); who !== undefined; who = open.pop()) {
    const name = who.toLowerCase()
    if (reached.has(name)) continue
    reached.add(name)
    for (const [, from = '', to = ''] of given) if (from.toLowerCase() === name) open.push(to)
  }
  const roles = [...reached].filter((name) => name !== subject.toLowerCase()).map((name) => builtIn[name] ?? 'other')
  if (roles.includes('admin')) return 'admin'
  if (roles.includes('readonly')) return 'readonly'
  return roles.length > 0 ? 'other' : 'none'
}
