// Members by e-mail: finds the account of an address, and makes its user a member of a project.

import { RateLimiterRes } from 'rate-limiter-flexible'
import type { MemberRole, Principal } from '../../core/auth/access.ts'
import { normalEmail } from '../../core/auth/account.ts'
import { TintypeError } from '../../core/errors.ts'
import type { ReadableState } from '../../core/project/state.ts'
import type { Users } from '../../stores/accounts/account-store.ts'
import { type CountingOptions, createLimiter } from '../limits/limiter.ts'
import type { ProjectService } from './projects.ts'

export interface MemberServiceOptions extends CountingOptions {
  users: Pick<Users, 'byEmail'>
  projects: Pick<ProjectService, 'edit'>
}

export interface NewMember {
  email: string
  role: MemberRole
}

export interface MemberService {
  /**
   * Makes the user of an address a member, or changes the role of a member. The caller has to be authorized before: an
   * attempt tells whether the address has an account, so that each caller has a limit.
   *
   * @throws TintypeError `no_such_account`, `rate_limited`; those of `ProjectService.edit`
   */
  add(projectId: string, member: NewMember, by: Principal): Promise<{ userId: string; project: ReadableState }>
}

/** Attempts of one caller in an hour. */
const ATTEMPTS = { points: 60, duration: 3600 }

export const createMemberService = ({ users, projects, ...counting }: MemberServiceOptions): MemberService => {
  const attempts = createLimiter({ keyPrefix: 'members', ...ATTEMPTS }, counting)

  const count = async (by: Principal): Promise<void> => {
    await attempts.consume('id' in by ? `${by.kind}:${by.id}` : by.kind).catch((refused: unknown) => {
      throw refused instanceof RateLimiterRes ? tooMany(refused) : refused
    })
  }

  return {
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
