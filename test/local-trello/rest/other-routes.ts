import type { Webhook } from '../model.ts'
import { invalidId, notFound, RestFailure } from './answers.ts'
import { type Call, type Route, required, route } from './route.ts'
import { isId } from './shapes.ts'

/** Webhooks, the token's own, several reads at once, and the keys that sign tokens. */

const BATCH_AT_MOST = 10

function webhookOf(call: Call): Webhook {
  const id = call.path['id'] ?? ''
  if (!isId(id)) throw invalidId()
  const found = call.webhooks.get(id)
  if (!found) throw notFound()
  return found
}

export const otherRoutes: Route[] = [
  route('POST', '/webhooks/', ['description', 'callbackURL', 'idModel', 'active'], async (call) => {
    const idModel = required(call, 'idModel')
    const model = call.model.board(idModel) ?? call.model.card(idModel)
    if (!model) throw notFound()
    const callbackURL = required(call, 'callbackURL')
    const made = await call.webhooks.create({
      idModel: model.id,
      callbackURL,
      description: call.query.get('description') ?? '',
    })
    if (typeof made === 'string') throw new RestFailure(400, made)
    return made
  }),

  route('GET', '/webhooks/{id}', [], webhookOf),

  route('PUT', '/webhooks/{id}', ['description', 'callbackURL', 'active'], (call) => {
    const webhook = webhookOf(call)
    const [description, callbackURL, active] = ['description', 'callbackURL', 'active'].map((one) =>
      call.query.get(one),
    )
    call.webhooks.update(webhook, {
      ...(description ? { description } : {}),
      ...(callbackURL ? { callbackURL } : {}),
      ...(active ? { active: active === 'true' } : {}),
    })
    return webhook
  }),

  route('DELETE', '/webhooks/{id}', [], (call) => {
    call.webhooks.remove(webhookOf(call))
    return { _value: null }
  }),

  route('GET', '/tokens/{token}/webhooks', [], (call) => {
    if (call.path['token'] !== call.token) throw notFound()
    return call.webhooks.all()
  }),

  route('GET', '/batch', ['urls'], (call) => {
    const urls = required(call, 'urls').split(',').map(decodeURIComponent)
    if (urls.length > BATCH_AT_MOST) throw new RestFailure(400, 'too many urls')
    return Promise.all(
      urls.map(async (url) => {
        const { status, body } = await call.again(url)
        return status === 200 ? { '200': body } : { name: 'Error', message: body, statusCode: status }
      }),
    )
  }),
]
