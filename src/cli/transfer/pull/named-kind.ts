// What a name on a server is: that of a project, of a collection, or of both.

import type { Remote } from '../remote.ts'

type NamedKind = 'project' | 'collection' | 'both'

/**
 * Finds the kind by the codes of two answers. Another problem than an absent project is left to the pull of the project.
 *
 * @throws Error where there is neither, or neither that the key may read
 */
export const kindOf = async (remote: Pick<Remote, 'send'>, name: string): Promise<NamedKind> => {
  const [project, collection] = await Promise.all([
    remote.send({ path: `/projects/${name}` }),
    remote.send({ path: `/collections/${name}/changes` }),
  ])
  const hasProject = project.ok || project.code !== 'project_not_found'
  const hasCollection = collection.ok
  if (hasProject) return hasCollection ? 'both' : 'project'
  if (hasCollection) return 'collection'
  throw new Error(`the server has no project "${name}" and no collection of this name, or none that the key may read`)
}
