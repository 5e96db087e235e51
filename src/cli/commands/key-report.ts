// Views of API keys for `tintype key`, without their hashes.

import type { ListedKey } from '../../stores/accounts/keys.ts'

export interface KeyView {
  id: string
  name: string
  role: string
  projects: readonly string[] | null
  created_at: string
  expires_at: string | null
  state: 'valid' | 'expired' | 'revoked'
}

/** @param nowMs milliseconds since 1970 */
export const keyView = (key: ListedKey, nowMs: number): KeyView => {
  const { id, name, role, projects, created_at, expires_at, revoked_at } = key
  const isExpired = expires_at !== null && nowMs >= Date.parse(expires_at)
  const state = revoked_at !== null ? 'revoked' : isExpired ? 'expired' : 'valid'
  return { id, name, role, projects, created_at, expires_at, state }
}

const HEAD = ['id', 'name', 'role', 'projects', 'created', 'expires', 'state']

export const keyTable = (keys: readonly KeyView[]): string => {
  if (keys.length === 0) return 'no keys; "tintype key create --name <purpose>" creates one\n'
  const rows = keys.map(({ id, name, role, projects, created_at, expires_at, state }) => [
    id,
    name,
    role,
    projects?.join(' ') ?? 'all',
    created_at.slice(0, 10),
    expires_at?.slice(0, 16).replace('T', ' ') ?? 'never',
    state,
  ])
  const lines = [HEAD, ...rows]
  const widths = HEAD.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)))
  const textOf = (line: readonly string[]) => line.map((text, at) => text.padEnd(widths[at] ?? 0)).join('  ')
  return lines.map((line) => `${textOf(line).trimEnd()}\n`).join('')
}
