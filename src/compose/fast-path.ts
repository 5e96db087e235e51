// The fast path: answers from memory by the policies of the app.

import type { Policies } from '../http/app-options.ts'
import { createFastPath } from '../http/fast-path/fast-path.ts'
import { createFastGuard } from '../http/fast-path/guard.ts'
import { readListUrl } from '../http/fast-path/lists.ts'
import { readRenderUrl } from '../http/fast-path/renders.ts'
import { readVariantUrl } from '../http/fast-path/stored.ts'
import { logFastAnswers } from '../http/middleware/request-log.ts'
import type { RequestIds } from '../telemetry/requests.ts'
import type { Foundation } from './foundation.ts'
import type { buildImages } from './images.ts'
import type { buildStore } from './store.ts'

export const buildFastPath = (
  { options, log, metrics }: Foundation,
  { client, hostCheck, corsHeaders, identifyNow, limit }: Policies,
  { store }: ReturnType<typeof buildStore>,
  { variants, lists, renders, transformRequests }: Omit<ReturnType<typeof buildImages>, 'limits' | 'renderCache'>,
  ids: RequestIds,
) => {
  const guard = createFastGuard({ store, identifyNow })
  return createFastPath({
    readers: [
      readVariantUrl({
        ...{ variants, guard, transformRequests },
        accelRedirect: options.accelRedirect,
        redirectsOriginals: options.redirectToBucket,
      }),
      readListUrl({ lists, guard }),
      readRenderUrl({ renders, guard, transformRequests }),
    ],
    hostCheck,
    corsHeaders,
    limit,
    guard,
    prove: store.project,
    onAnswer: logFastAnswers({ log, ids, requests: metrics.requests, client }),
  })
}
