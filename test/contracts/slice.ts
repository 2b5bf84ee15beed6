import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'

/**
 * Cuts a vendor's OpenAPI description down to the operations that we use, with everything that they refer to:
 * `node server/pinned-node.mjs test/contracts/slice.ts <description.json> <slice.json>`. The operations are those that the
 * slice has already; add one by hand as an empty object, and cut again. Prose and examples stay behind.
 */

const description = z.looseObject({
  openapi: z.string(),
  info: z.looseObject({}),
  paths: z.record(z.string(), z.record(z.string(), z.unknown())),
  components: z.record(z.string(), z.record(z.string(), z.unknown())),
})
const prose = new Set(['description', 'summary', 'example', 'examples', 'externalDocs', 'x-github', 'x-multi-segment'])

const [from, to] = process.argv.slice(2)
if (!from || !to)
  throw new Error('Say which description to cut, and which slice: slice.ts <description.json> <slice.json>')
const whole = description.parse(JSON.parse(readFileSync(from, 'utf8')))
const wanted = z
  .looseObject({ paths: z.record(z.string(), z.record(z.string(), z.unknown())), info: z.looseObject({}) })
  .parse(JSON.parse(readFileSync(to, 'utf8')))

const components: Record<string, Record<string, unknown>> = {}

/** Without prose, and with every component that it refers to taken along. A property may be called "description". */
function lean(value: unknown, isNames = false): unknown {
  if (Array.isArray(value)) return value.map((one) => lean(one))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, one]) => {
      if (!isNames && prose.has(key)) return []
      if (key === '$ref' && typeof one === 'string') takeAlong(one)
      return [[key, lean(one, key === 'properties')]]
    }),
  )
}

function takeAlong(reference: string): void {
  const [, kind = '', name = ''] = /^#\/components\/(\w+)\/(.+)$/.exec(reference) ?? []
  const kept = components[kind] ?? {}
  components[kind] = kept
  if (name in kept) return
  kept[name] = null
  kept[name] = lean(whole.components[kind]?.[name])
}

const paths = Object.fromEntries(
  Object.entries(wanted.paths).map(([path, methods]) => [
    path,
    Object.fromEntries(
      Object.keys(methods).map((method) => {
        const found = whole.paths[path]?.[method]
        if (!found) throw new Error(`The description has no ${method} ${path}.`)
        return [method, lean(found)]
      }),
    ),
  ]),
)
writeFileSync(to, `${JSON.stringify({ openapi: whole.openapi, info: wanted.info, paths, components })}\n`)
console.log(`${join(to)}: ${Object.keys(paths).length} paths`)
