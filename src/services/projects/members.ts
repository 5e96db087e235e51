// Members of a project: the people whom it names, with name and address, and adding one by e-mail.

import { RateLimiterRes } from 'rate-limiter-flexible'
import { accessOf, type MemberRole, type Principal } from '../../core/auth/access.ts'
import { isAccountId, normalEmail } from '../../core/auth/account.ts'
import { TintypeError } from '../../core/errors.ts'
import { inGroups } from '../../core/in-groups.ts'
import type { ReadableState } from '../../core/project/state.ts'
import type { Users } from '../../stores/accounts/account-store.ts'
import { type CountingOptions, createLimiter } from '../limits/limiter.ts'
import type { ProjectService } from './projects.ts'

export interface MemberServiceOptions extends CountingOptions {
  users: Pick<Users, 'byEmail' | 'get'>
  projects: Pick<ProjectService, 'edit'>
}

export interface NewMember {
  email: string
  role: MemberRole
}

/** A user whom a project names; without an account on this server, as of another issuer, address and name are null. */
export interface Person {
  user_id: string
  email: string | null
  name: string | null
}

export interface MemberList {
  owner: Person | null
  /** Sorted by address, then by id. */
  members: (Person & { role: MemberRole })[]
}

export interface MemberService {
  /** Names the people of a project. The caller has to be authorized before. */
  list(project: ReadableState): Promise<MemberList>
  /**
   * Makes the user of an address a member, or changes the role of a member. The caller has to be authorized before: an
   * attempt tells whether the address has an account, so that each caller has a limit.
   *
   * @throws TintypeError `no_such_account`, `rate_limited`; those of `ProjectService.edit`
   */
  add(projectId: string, member: NewMember, by: Principal): Promise<{ userId: string; project: ReadableState }>
}

/** Accounts that are read at once. */
const READ_AT_ONCE = 20

/** Attempts of one caller in an hour. */
const ATTEMPTS = { points: 60, duration: 3600 }

export const createMemberService = ({ users, projects, ...counting }: MemberServiceOptions): MemberService => {
  const attempts = createLimiter({ keyPrefix: 'members', ...ATTEMPTS }, counting)

  const count = async (by: Principal): Promise<void> => {
    await attempts.consume('id' in by ? `${by.kind}:${by.id}` : by.kind).catch((refused: unknown) => {
      throw refused instanceof RateLimiterRes ? tooMany(refused) : refused
    })
  }

  const personOf = async (id: string): Promise<Person> => {
    const user = isAccountId(id) ? await users.get(id) : undefined
    return { user_id: id, email: user?.email ?? null, name: user?.name ?? null }
  }

  return {
    async list(project) {
      const { owner_id, members } = accessOf(project)
      const people = await inGroups(Object.entries(members), READ_AT_ONCE, async ([id, role]) => ({
        ...(await personOf(id)),
        role,
      }))
      return { owner: owner_id === null ? null : await personOf(owner_id), members: people.sort(byAddress) }
    },

    async add(projectId, { email, role }, by) {
      await count(by)
      const user = await users.byEmail(normalEmail(email))
      if (!user)
        throw new TintypeError('no_such_account', 'email: expected the address of an account, there is none with it.', {
          details: { field: 'email' },
        })
      const { project } = await projects.edit(projectId, { members: { [user.id]: role } }, by)
      return { userId: user.id, project }
    },
  }
}

const tooMany = ({ msBeforeNext }: RateLimiterRes): TintypeError => {
  const seconds = Math.max(1, Math.ceil(msBeforeNext / 1000))
  return new TintypeError(
    'rate_limited',
    `Expected at most ${ATTEMPTS.points} members by e-mail in an hour. Try again in ${seconds} seconds.`,
    { retryAfterSeconds: seconds },
  )
}

/** Users without an address come last. */
const byAddress = (one: Person, other: Person): number =>
  Number(one.email === null) - Number(other.email === null) ||
  compare(one.email ?? one.user_id, other.email ?? other.user_id)

const compare = (one: string, other: string): number => (one < other ? -1 : Number(one > other))
