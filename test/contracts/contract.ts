import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Document, OpenAPIBackend, type ParsedRequest } from 'openapi-backend'

/** One call with its answer, as it went over the wire. */
export interface Exchange {
  method: string
  /** As it was sent: what is encoded stays so. */
  path: string
  query: string
  headers: Record<string, string>
  body: unknown
  status: number
  answer: unknown
}

export interface Contract {
  /** What the vendor's own description says against an exchange; empty when nothing. */
  wrong(exchange: Exchange): string[]
  /** Operations of the description that were seen, and those that were not. */
  seen(): { operations: string[]; unseen: string[] }
}

/** Statuses that any operation may answer, and that GitHub's description names at a few only. */
const anywhere = [401, 403, 404, 429, 500, 502, 503]

/** OpenAPI 3.0 lets "nullable" stand beside anything; our validator only beside a type. */
function nullableByType(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !('nullable' in value) || 'type' in value) return value
  const { nullable, ...rest } = value
  return nullable === true ? { anyOf: [{ type: 'string', nullable: true, enum: [null] }, rest] } : rest
}

/** Read and compiled once: stand-ins are started before each of hundreds of tests. */
const read = new Map<string, Promise<OpenAPIBackend>>()

async function validatorsOf(file: string): Promise<OpenAPIBackend> {
  const definition: Document = JSON.parse(readFileSync(join(import.meta.dirname, file), 'utf8'), nullableByType)
  const api = new OpenAPIBackend({
    definition,
    quick: true,
    strict: false,
    ajvOpts: { strict: false, logger: false, coerceTypes: 'array' },
  })
  return api.init()
}

/** The judge of one stand-in, by a committed slice of its vendor's description. @param file beside this one */
export async function readContract(file: string): Promise<Contract> {
  const reading = read.get(file) ?? validatorsOf(file)
  read.set(file, reading)
  const api = await reading
  const all = api.getOperations().map(({ operationId }) => operationId ?? '')
  const operations = new Set<string>()

  return {
    wrong({ method, path, query, headers, body, status, answer }) {
      const request: ParsedRequest = {
        params: {},
        cookies: {},
        method,
        path,
        query: Object.fromEntries(new URLSearchParams(query)),
        headers,
        body,
        requestBody: body,
      }
      const operation = api.matchOperation(request)
      const id = operation?.operationId
      if (!operation || !id) return [`${method} ${path} is not in the description`]
      operations.add(id)
      const asked = status >= 400 ? [] : (api.validateRequest(request, operation).errors ?? [])
      const known = String(status) in (operation.responses ?? {})
      if (!known && !anywhere.includes(status)) return [`${id} never answers ${status}`]
      const answered =
        known && answer !== undefined ? (api.validateResponse(answer, operation, status).errors ?? []) : []
      return [
        ...asked.map((one) => `${id}, asked: ${one.instancePath} ${one.message}`),
        ...answered.map((one) => `${id} ${status}, answered: ${one.instancePath} ${one.message}`),
      ]
    },
    seen: () => ({ operations: [...operations], unseen: all.filter((id) => !operations.has(id)) }),
  }
}
