// A link to an engine that loses the answers to the next creations of objects: they have happened, and are sent again.

import { onTestFinished } from 'vitest'
import { createSender, type Send } from '../../../src/stores/s3/client/sender.ts'
import { lost } from './scripted.ts'

export const createLosingLink = () => {
  const sender = createSender({ timeoutMs: 10_000 })
  onTestFinished(sender.close)
  let remaining = 0
  const send: Send = async (url, request) => {
    const answer = await sender.send(url, request)
    if (remaining === 0 || request.headers['if-none-match'] === undefined) return answer
    remaining--
    await answer.discard()
    throw lost()
  }
  return {
    send,
    /** @param count creations whose answers are lost. @default 1 */
    loseAnswers: (count = 1) => {
      remaining = count
    },
  }
}
