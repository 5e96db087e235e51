// Rights of webhooks: a webhook gets what its creator may manage, at every delivery.

import { accessOf, decideAccess, isAdmin, type Principal, requireAccess, requireAdmin } from '../../core/auth/access.ts'
import { SETTINGS_WEBHOOK, type Webhook, type WebhookOwner } from '../../core/webhooks/model.ts'
import type { Store } from '../../stores/store.ts'

export interface RightsOptions {
  store: Pick<Store, 'project'>
  /** Principal of an owner as it is now; undefined where its key is revoked, its account disabled, its server not open. */
  principalOf(owner: WebhookOwner): Promise<Principal | undefined>
}

export interface Rights {
  /**
   * Authorizes a webhook of a project, for principals that may manage it, or of all projects, for admins.
   *
   * @throws TintypeError `unauthenticated`, `forbidden`, `project_not_found`
   */
  require(by: Principal, projectId: string | null): Promise<void>
  /** Whether the events of its projects may be sent to a webhook now. */
  mayReceive(webhook: Webhook): Promise<boolean>
}

export const createRights = ({ store, principalOf }: RightsOptions): Rights => {
  const accessIn = async (projectId: string) => {
    const project = await store.project(projectId)
    return project && accessOf(project)
  }

  return {
    async require(by, projectId) {
      if (projectId === null) requireAdmin(by)
      else if (!isAdmin(by)) requireAccess(by, 'manage', projectId, await accessIn(projectId))
    },

    async mayReceive({ id, owner, project_id }) {
      if (id === SETTINGS_WEBHOOK) return true
      const by = await principalOf(owner)
      if (!by) return false
      if (project_id === null || isAdmin(by)) return isAdmin(by)
      const access = await accessIn(project_id)
      // A deleted project has no owner any more. The webhook of a user ends with the event of the deletion.
      return access === undefined || decideAccess(by, 'manage', project_id, access) === 'allowed'
    },
  }
}
