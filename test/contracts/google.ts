import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import ts from 'typescript'
import type { Exchange } from './contract.ts'

/**
 * Google's own description of Cloud Identity: the types in the source of its client, which Google generates from the
 * discovery document. Read where the package is installed, so that no copy of it stands in this repository.
 */

const folder = dirname(createRequire(import.meta.url).resolve('@googleapis/cloudidentity/package.json'))
const source = ts.createSourceFile('v1.ts', readFileSync(join(folder, 'v1.ts'), 'utf8'), ts.ScriptTarget.Latest, true)

const interfaces = new Map<string, ts.InterfaceDeclaration>()
function collect(node: ts.Node): void {
  if (ts.isInterfaceDeclaration(node)) interfaces.set(node.name.text, node)
  else node.forEachChild(collect)
}
collect(source)

/** What is wrong with a value by one of Google's types, in words; empty where nothing is. */
export function violations(value: unknown, type: string): string[] {
  const found = interfaces.get(type)
  if (!found) return [`Google has no type ${type}`]
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [`${type} is not an object`]
  return Object.entries(value).flatMap(([name, inner]) => {
    const member = found.members.find((one) => one.name && nameOf(one.name) === name)
    if (!member || !ts.isPropertySignature(member) || !member.type) return [`${type} has no ${name}`]
    return ofType(inner, member.type).map((problem) => `${type}.${name}: ${problem}`)
  })
}

const nameOf = (name: ts.PropertyName) => name.getText(source).replaceAll(/['"]/g, '')

function ofType(value: unknown, type: ts.TypeNode): string[] {
  if (ts.isUnionTypeNode(type)) {
    const all = type.types.map((one) => ofType(value, one))
    return all.some((problems) => problems.length === 0) ? [] : (all[0] ?? [])
  }
  if (ts.isArrayTypeNode(type))
    return Array.isArray(value) ? value.flatMap((one) => ofType(one, type.elementType)) : ['is not a list']
  const text = type.getText(source)
  if (text.startsWith('Schema$')) return violations(value, text)
  if (text.startsWith('{')) return typeof value === 'object' ? [] : ['is not an object']
  if (text === 'null') return value === null ? [] : ['is not null']
  return typeof value === text ? [] : [`is not a ${text}`]
}

/** By method and path: the parameters, what is sent and what is answered. */
const described: [string, RegExp, { parameters: string; body?: string; answer: string; response?: string }][] = [
  ['GET', /^\/groups:lookup$/, { parameters: 'Groups$Lookup', answer: 'LookupGroupNameResponse' }],
  [
    'GET',
    /^\/groups\/[^/]+\/memberships:lookup$/,
    { parameters: 'Groups$Memberships$Lookup', answer: 'LookupMembershipNameResponse' },
  ],
  [
    'GET',
    /^\/groups\/[^/]+\/memberships:checkTransitiveMembership$/,
    { parameters: 'Groups$Memberships$Checktransitivemembership', answer: 'CheckTransitiveMembershipResponse' },
  ],
  [
    'GET',
    /^\/groups\/[^/]+\/memberships$/,
    { parameters: 'Groups$Memberships$List', answer: 'ListMembershipsResponse' },
  ],
  [
    'POST',
    /^\/groups\/[^/]+\/memberships\/[^/]+:modifyMembershipRoles$/,
    {
      parameters: 'Groups$Memberships$Modifymembershiproles',
      body: 'ModifyMembershipRolesRequest',
      answer: 'ModifyMembershipRolesResponse',
    },
  ],
  ['GET', /^\/groups\/[^/]+\/memberships\/[^/]+$/, { parameters: 'Groups$Memberships$Get', answer: 'Membership' }],
  [
    'POST',
    /^\/groups\/[^/]+\/memberships$/,
    { parameters: 'Groups$Memberships$Create', body: 'Membership', answer: 'Operation', response: 'Membership' },
  ],
  ['DELETE', /^\/groups\/[^/]+\/memberships\/[^/]+$/, { parameters: 'Groups$Memberships$Delete', answer: 'Operation' }],
]

/** What Google's description says against one call and its answer, in words; empty where nothing. */
export function wrongByGoogle(
  exchange: Pick<Exchange, 'method' | 'path' | 'query' | 'body' | 'status' | 'answer'>,
): string[] {
  const path = decodeURIComponent(exchange.path)
  const [, , types] = described.find(([method, known]) => method === exchange.method && known.test(path)) ?? []
  if (!types) return [`Google describes no ${exchange.method} ${path}`]
  const query = Object.fromEntries(new URLSearchParams(exchange.query))
  return [
    ...(types.body ? violations(exchange.body, `Schema$${types.body}`) : []),
    ...violations(query, `Params$Resource$${types.parameters}`),
    ...answered(exchange, types),
  ]
}

function answered(
  { status, answer }: Pick<Exchange, 'status' | 'answer'>,
  types: { answer: string; response?: string },
): string[] {
  if (status >= 300) {
    const error = typeof answer === 'object' && answer !== null && 'error' in answer ? answer.error : null
    // On the wire an error also says its code in words (AIP-193).
    const { status: words, ...rest } = { status: '', ...(typeof error === 'object' ? error : {}) }
    return [...violations(rest, 'Schema$Status'), ...(words === '' ? ['an error without its status'] : [])]
  }
  const own = violations(answer, `Schema$${types.answer}`)
  if (!types.response || typeof answer !== 'object' || answer === null || !('response' in answer)) return own
  const { '@type': _, ...response } = { '@type': '', ...(typeof answer.response === 'object' ? answer.response : {}) }
  return [...own, ...violations(response, `Schema$${types.response}`)]
}
