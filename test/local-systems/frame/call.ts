/** One call of an API, before and after it is HTTP. */
export interface Call {
  method: string
  /** Decoded parts of the path, behind `/api`. */
  part: string[]
  query: URLSearchParams
  /** What was sent, as JSON or as a form. */
  body: Record<string, unknown>
  headers: Record<string, string | string[] | undefined>
}

export interface Reply {
  status: number
  data?: unknown
  headers?: Record<string, string>
}
