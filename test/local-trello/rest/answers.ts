/** What a route answers when it does not answer JSON: Trello's own short texts. */
export class RestFailure extends Error {
  readonly status: number
  constructor(status: number, text: string) {
    super(text)
    this.name = 'RestFailure'
    this.status = status
  }
}

export const notFound = () => new RestFailure(404, 'The requested resource was not found.')
export const invalidId = () => new RestFailure(400, 'invalid id')
export const mayNotSee = (what: 'board' | 'card') =>
  new RestFailure(401, what === 'card' ? 'unauthorized card permission requested' : 'unauthorized permission requested')

/** `fields=a,b` picks; `all` or nothing gives everything. The id always comes along. */
export function pickFields(whole: Record<string, unknown>, fields: string | null): Record<string, unknown> {
  if (fields === null || fields === 'all') return whole
  const wanted = new Set(['id', ...fields.split(',')])
  return Object.fromEntries(Object.entries(whole).filter(([name]) => wanted.has(name)))
}
