import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import express, { type RequestHandler, type Router } from 'express'
import type { Platform } from './api.ts'
import { HttpProblem } from './problem.ts'

const pages = ['connector', 'section', 'window', 'queue', 'people', 'settings']

/**
 * The built client. Each page gets the platform object and the library's address written into it when it is served, so
 * that the same build runs in Trello and on the practice board.
 * @param folder where the built client is, `dist/client`
 */
export function pageRoutes(folder: string, platform: Platform): Router {
  const router = express.Router()
  // Hashed names: they never change under one name.
  router.use('/assets', express.static(join(folder, 'assets'), { immutable: true, maxAge: '1y', index: false }))
  for (const icon of ['icon-light.svg', 'icon-dark.svg'])
    router.get(`/${icon}`, (_request, response) =>
      // Trello's page fetches icons across origins (many Power-Ups broke on that in April 2023).
      response.set('Access-Control-Allow-Origin', '*').sendFile(join(folder, icon), { maxAge: '1h' }),
    )
  for (const page of pages) router.get(`/${page}.html`, servePage(join(folder, `${page}.html`), platform))
  router.get('/', (_request, response) => response.redirect(302, './connector.html'))
  return router
}

function servePage(file: string, platform: Platform): RequestHandler {
  let made: Promise<string> | null = null
  const make = async () => {
    const html = await readFile(file, 'utf8').catch(() => {
      throw new HttpProblem(503, 'not-built', 'The client is not built. Run npm run build and start the server again.')
    })
    return html
      .replaceAll('__PLATFORM__', () => escapeAttribute(JSON.stringify(platform)))
      .replaceAll('https://__LIBRARY_URL__', () => escapeAttribute(platform.libraryUrl))
  }
  return async (_request, response) => {
    made ??= make()
    const html = await made.catch((error: unknown) => {
      made = null
      throw error
    })
    response.type('html').set('Cache-Control', 'no-cache').send(html)
  }
}

function escapeAttribute(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
