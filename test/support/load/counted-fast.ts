// A fast path whose answers are counted.

import type { AnswerFast, FastRequest } from '../../../src/http/fast-path/types.ts'

/** @param onAnswer called for each request that the fast path answers, before the answer is sent */
export const countedFast =
  (answerFast: AnswerFast, onAnswer: (request: FastRequest) => void): AnswerFast =>
  (request) => {
    const answer = answerFast(request)
    if (answer instanceof Promise)
      return answer.then((proved) => {
        if (proved) onAnswer(request)
        return proved
      })
    if (answer) onAnswer(request)
    return answer
  }
