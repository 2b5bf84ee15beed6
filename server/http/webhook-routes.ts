import express, { type Router } from 'express'

/** What the Trello adapter makes of one delivery: a status and nothing else. */
export type WebhookReceiver = (delivery: {
  method: string
  boardId: string
  contentType: string | undefined
  signature: string | undefined
  body: Buffer
}) => Promise<{ status: number }>

/** Trello's deliveries. The signature covers the raw bytes, so they are read before anything parses them. */
export function webhookRoutes(receive: WebhookReceiver): Router {
  const router = express.Router()
  router.all('/:board', express.raw({ type: () => true, limit: '1mb' }), async (request, response) => {
    const { status } = await receive({
      method: request.method,
      boardId: String(request.params['board']),
      contentType: request.get('content-type'),
      signature: request.get('x-trello-webhook'),
      body: Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0),
    })
    response.status(status).end()
  })
  return router
}
