// What clients with tokens and browsers with cookies send to the routes of accounts, and get.

import { signedInSchema } from '../../../src/http/schemas/accounts.ts'
import { createTestApp, type TestApp } from '../app.ts'

export const openApp = (): Promise<TestApp> => createTestApp({ registration: 'open', signInLimit: 0 })

export const post = (app: TestApp['app'], path: string, body: unknown, headers: Record<string, string> = {}) =>
  app.request(path, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })

export const bearer = (token: string | undefined) => ({ Authorization: `Bearer ${token}` })

export const signedIn = async (answer: Response | Promise<Response>) => {
  const response = await answer
  if (!response.ok) throw new Error(`expected a session, got ${response.status}: ${await response.text()}`)
  return signedInSchema.parse(await response.json())
}

/** What a browser keeps of an answer, as the header that it sends. */
export const cookiesOf = (response: Response): Record<string, string> =>
  Object.fromEntries(
    response.headers.getSetCookie().map((cookie) => {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? []
      return [name, value]
    }),
  )

export const cookieHeader = (cookies: Record<string, string>) => ({
  Cookie: Object.entries(cookies)
    .map(([name, value]) => `${name}=${value}`)
    .join('; '),
})
