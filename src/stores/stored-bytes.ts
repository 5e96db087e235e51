// Interface of stored bytes: summed for quotas, without reading a whole list of images again for each upload.

import type { ProjectState } from '../core/project/state.ts'

export interface StoredBytes {
  /**
   * Bytes of all images of a state, and those of `ids` that are among them. Undefined where the state is so old that a
   * part of its list is gone: read the project again. Reads only what was not read before.
   *
   * @throws TintypeError `project_damaged`
   */
  storedBytes(
    state: ProjectState,
    ids: readonly string[],
  ): Promise<{ bytes: number; ids: ReadonlySet<string> } | undefined>
}
