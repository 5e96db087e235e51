// How long tests wait for a condition.

/** For `vi.waitFor`, whose own limit of a second is too short for a busy machine: a limit against hanging. */
export const PATIENCE = { timeout: 60_000, interval: 5 }
