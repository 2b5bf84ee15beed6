import express, { type Express } from 'express'
import type { Database } from '../db/database.ts'
import type { Office } from '../requests/world.ts'
import { type ActRouteParts, actRoutes } from './act-routes.ts'
import type { Platform } from './api.ts'
import { jsonBodies } from './body.ts'
import { knownFirst } from './limits.ts'
import { logRoutes } from './log-routes.ts'
import { pageRoutes } from './pages.ts'
import { peopleRoutes } from './people-routes.ts'
import { errorAnswer, HttpProblem, notFound } from './problem.ts'
import { type ReadRouteParts, readRoutes } from './read-routes.ts'
import { registerRoutes } from './register-routes.ts'
import { rulesRoutes } from './rules-routes.ts'
import { sameSecret } from './same-secret.ts'
import { securityHeaders } from './security.ts'
import { type Telling, toldRoutes } from './told-routes.ts'
import { type WebhookReceiver, webhookRoutes } from './webhook-routes.ts'

export interface AppParts extends ReadRouteParts, ActRouteParts {
  db: Database
  office: Office
  platform: Platform
  clientFolder: string
  receiveWebhook: WebhookReceiver
  /** Systems that call us. */
  tellings: Telling[]
  healthy(): Promise<boolean>
  metrics(): Promise<string>
  metricsToken: string | null
  report(error: unknown): void
}

/** The application, in the order in which a request meets it. */
export function createApp(parts: AppParts): Express {
  const app = express()
  app.disable('x-powered-by')
  app.set('etag', false)
  app.use(securityHeaders(parts.platform, parts.platform.practice))
  app.get('/healthz', async (_request, response) => {
    const healthy = await parts.healthy()
    response
      .status(healthy ? 200 : 503)
      .type('text')
      .send(healthy ? 'fine' : 'the database cannot be reached')
  })
  app.get('/metrics', async (request, response) => {
    if (parts.metricsToken === null || !sameSecret(request.get('authorization') ?? '', `Bearer ${parts.metricsToken}`))
      throw new HttpProblem(404, 'not-found', 'There is nothing at this address.')
    response.type('text').send(await parts.metrics())
  })
  app.use('/webhooks', webhookRoutes(parts.receiveWebhook))
  for (const telling of parts.tellings) app.use(telling.calls.path, toldRoutes(telling))
  app.use(pageRoutes(parts.clientFolder, parts.platform))
  app.use('/api', (_request, response, next) => {
    response.set('Cache-Control', 'no-store')
    next()
  })
  app.use('/api', ...knownFirst(parts), ...jsonBodies())
  app.use('/api/acts', actRoutes(parts))
  app.use('/api/log', logRoutes(parts))
  app.use('/api/register', registerRoutes(parts))
  app.use('/api/rules', rulesRoutes(parts))
  app.use('/api/people', peopleRoutes(parts))
  app.use('/api', readRoutes(parts))
  app.use(notFound)
  app.use(errorAnswer(parts.report, parts.healthy))
  return app
}
