// The API of TypeScript in JavaScript, which openapi-typescript builds its output with and TypeScript 7 has not: the copy inside
// @ts-morph/common, because a package `typescript` of another version would put its `tsc` in place of ours.
// `test/vitest.config.ts` gives it to openapi-typescript as `typescript`.

import { ts } from '@ts-morph/common'

export default ts
