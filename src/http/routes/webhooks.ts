// Routes of webhooks: create, list, read, edit, delete, rotate, test, deliveries, redeliver.

import { parseParameter } from '../../core/parameters.ts'
import type { Webhook } from '../../core/webhooks/model.ts'
import type { WebhookService } from '../../services/webhooks/registry.ts'
import type { StoredDelivery } from '../../stores/webhooks/webhook-store.ts'
import { namedPrincipalOf } from '../access.ts'
import type { Context } from '../context.ts'
import * as deliveries from '../openapi/webhooks/deliveries.ts'
import * as descriptions from '../openapi/webhooks/webhooks.ts'
import { parseBody, readJson } from '../request/json-body.ts'
import { limitOf, queryOf, requireKnown } from '../request/params.ts'
import { BASE_HEADERS, json, respond } from '../response/respond.ts'
import type { RouteTable } from '../route-table.ts'
import {
  DEFAULT_WEBHOOKS_PAGE,
  type DeliveryView,
  deliveryIdSchema,
  type WebhookView,
  webhookAfterSchema,
  webhookCreateSchema,
  webhookEditSchema,
  webhookListQuery,
} from '../schemas/webhooks.ts'

export interface WebhookRouteOptions {
  webhooks: WebhookService
  /** Prefix of every URL. */
  basePath: string
}

const MAX_BODY_BYTES = 16 * 1024

const LIST_PARAMETERS = Object.keys(webhookListQuery.shape)

const UNCACHED = { 'Cache-Control': 'no-store' } as const

/** Adds the routes with their descriptions. */
export const addWebhookRoutes = (route: Pick<RouteTable, 'add'>, { webhooks, basePath }: WebhookRouteOptions): void => {
  route.add(descriptions.create, async (c: Context) => {
    const by = namedPrincipalOf(c)
    const { project_id: projectId, ...body } = parseBody(webhookCreateSchema, await readJson(c, MAX_BODY_BYTES))
    const { webhook, secret } = await webhooks.create({ ...body, projectId }, by)
    const headers = { ...UNCACHED, Location: `${basePath}/webhooks/${webhook.id}` }
    return json(c, { ...viewOf(webhook), secret }, 201, headers)
  })

  route.add(descriptions.list, async (c: Context) => {
    const by = namedPrincipalOf(c)
    requireKnown(c, LIST_PARAMETERS)
    const limit = limitOf(c) ?? DEFAULT_WEBHOOKS_PAGE
    const page = await webhooks.list({ after: queryOf(c, 'after', webhookAfterSchema), limit }, by)
    const next = page.next === undefined ? null : `${basePath}/webhooks?limit=${limit}&after=${page.next}`
    return json(c, { webhooks: page.webhooks.map(viewOf), next }, 200, UNCACHED)
  })

  route.add(descriptions.read, async (c: Context) =>
    json(c, viewOf(await webhooks.get(idOf(c), namedPrincipalOf(c))), 200, UNCACHED),
  )

  route.add(descriptions.edit, async (c: Context) => {
    const by = namedPrincipalOf(c)
    const edit = parseBody(webhookEditSchema, await readJson(c, MAX_BODY_BYTES))
    return json(c, viewOf(await webhooks.edit(idOf(c), edit, by)), 200, UNCACHED)
  })

  route.add(descriptions.remove, async (c: Context) => {
    await webhooks.remove(idOf(c), namedPrincipalOf(c))
    return respond(c, null, 204, { ...BASE_HEADERS, ...UNCACHED })
  })

  route.add(descriptions.rotate, async (c: Context) => {
    const { webhook, secret } = await webhooks.rotate(idOf(c), namedPrincipalOf(c))
    return json(c, { ...viewOf(webhook), secret }, 200, UNCACHED)
  })

  route.add(deliveries.test, async (c: Context) =>
    json(c, deliveryViewOf(await webhooks.test(idOf(c), namedPrincipalOf(c), c.req.raw.signal)), 200, UNCACHED),
  )

  route.add(deliveries.list, async (c: Context) => {
    const listed = await webhooks.deliveries(idOf(c), namedPrincipalOf(c))
    return json(c, { deliveries: listed.map(deliveryViewOf) }, 200, UNCACHED)
  })

  route.add(deliveries.redeliver, async (c: Context) => {
    const by = namedPrincipalOf(c)
    const deliveryId = parseParameter('delivery_id', c.req.param('delivery_id') ?? '', deliveryIdSchema)
    return json(c, deliveryViewOf(await webhooks.redeliver(idOf(c), deliveryId, by, c.req.raw.signal)), 200, UNCACHED)
  })
}

const idOf = (c: Context): string => c.req.param('webhook_id') ?? ''

const viewOf = ({ owner: _, secrets: __, ...webhook }: Webhook): WebhookView => webhook

const deliveryViewOf = (delivery: StoredDelivery): DeliveryView => delivery
