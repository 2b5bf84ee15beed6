import express, { type Router } from 'express'
import { HttpProblem } from './problem.ts'

/** What the Trello adapter makes of one delivery: a status and nothing else. */
export type WebhookReceiver = (delivery: {
  method: string
  boardId: string
  key: string
  contentType: string | undefined
  signature: string | undefined
  body: Buffer
}) => Promise<{ status: number }>

/** Why a delivery is refused, for whoever looks into it; Trello itself reads the status only. */
const refusals: Record<number, { code: string; detail: string }> = {
  400: { code: 'no-signature', detail: 'The header X-Trello-Webhook is missing.' },
  401: { code: 'signature', detail: 'The signature does not fit the body and this address.' },
  404: { code: 'no-webhook', detail: 'A webhook’s address ends in a board’s id and its key.' },
  405: { code: 'method', detail: 'Webhooks are looked at with HEAD and delivered with POST.' },
  410: { code: 'gone', detail: 'This webhook is not ours any more. Take it away.' },
  415: { code: 'not-json', detail: 'Deliveries are JSON (Content-Type: application/json).' },
}
const LARGEST_DELIVERY = '1mb'

/** Trello's deliveries. The signature covers the raw bytes, so they are read before anything parses them. */
export function webhookRoutes(receive: WebhookReceiver): Router {
  const router = express.Router()
  router.all('/:board/:key', express.raw({ type: () => true, limit: LARGEST_DELIVERY }), async (request, response) => {
    const { status } = await receive({
      method: request.method,
      boardId: String(request.params['board']),
      key: String(request.params['key']),
      contentType: request.get('content-type'),
      signature: request.get('x-trello-webhook'),
      body: Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0),
    })
    if (status === 405) response.set('Allow', 'HEAD, POST')
    const refusal = refusals[status]
    if (refusal) throw new HttpProblem(status, refusal.code, refusal.detail)
    response.status(status).end()
  })
  return router
}
