// Output of `tintype pull`, and its exit codes, which are part of its interface.

import { reportTransfer, TRANSFER_EXIT } from '../import-report.ts'
import type { Pulled } from './pull-project.ts'

/** Exit code where a pull has changed the folder. */
export const CHANGED_EXIT = 10

/** Prints the report. @returns the exit code */
export const reportPull = ({ written, removed, present, refused, bytes }: Pulled): number => {
  const code = reportTransfer({
    counts: [
      [written, 'written'],
      [removed, 'removed'],
      [present, 'there already'],
    ],
    refused,
    bytes,
  })
  return code === TRANSFER_EXIT.complete && written + removed > 0 ? CHANGED_EXIT : code
}
