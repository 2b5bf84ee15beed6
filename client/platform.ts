import type { Platform } from '../server/http/api.ts'

/** What the server says about where we run; written into the page when it is served. */
export function readPlatform(): Platform {
  const text = document.querySelector('meta[name=platform]')?.getAttribute('content') ?? '{}'
  return JSON.parse(text) as Platform
}
