import type { Grouping, Rule } from './policy.ts'

/** What Argo CD's own two roles may do. Its description of them: the page “RBAC Configuration” of its manual. */

/** Those that belong to a project are named with it. */
const ofProjects = ['applications', 'applicationsets', 'logs', 'exec']

const rule = (subject: string, resource: string, action: string): Rule => ({
  subject,
  resource,
  action,
  object: ofProjects.includes(resource) ? '*/*' : '*',
  effect: 'allow',
  at: null,
})

const seen = [
  ...['applications', 'applicationsets', 'logs', 'projects', 'clusters', 'repositories', 'write-repositories'],
  ...['certificates', 'accounts', 'gpgkeys'],
]
const write = ['create', 'update', 'delete']
const changed: Record<string, string[]> = {
  applications: [...write, 'update/*', 'delete/*', 'sync', 'override', 'action/*'],
  applicationsets: ['get', ...write],
  projects: write,
  clusters: write,
  repositories: write,
  'write-repositories': write,
  certificates: write,
  accounts: ['update'],
  gpgkeys: ['create', 'delete'],
  exec: ['create'],
}

export const builtInRules: readonly Rule[] = [
  ...seen.map((resource) => rule('role:readonly', resource, 'get')),
  ...Object.entries(changed).flatMap(([resource, actions]) =>
    actions.map((action) => rule('role:admin', resource, action)),
  ),
]

export const builtInGroups: readonly Grouping[] = [
  { who: 'role:admin', role: 'role:readonly', at: null },
  { who: 'admin', role: 'role:admin', at: null },
]
