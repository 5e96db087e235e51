// The text of an owner file, sealed: whose folder it is for, and a checksum. A wrong process in it would let a living
// owner be swept, or keep a dead one for ever.

import { createHash } from 'node:crypto'
import { basename, dirname } from 'node:path'

/** @param ownerFile where it will stand */
export const sealOwner = (ownerFile: string, owner: object): string => {
  const text = JSON.stringify({ ...owner, folder: folderOf(ownerFile) })
  return `${text.slice(0, -1)},"checksum":"${checksumOf(text)}"}`
}

/** What is wrong with the text of an owner file, as the end of a sentence; undefined where nothing is. */
export const ownerFault = (ownerFile: string, text: string): string | undefined => {
  if (text === '') return 'is empty'
  const [, body = '', checksum = ''] = /^(.*),"checksum":"([0-9a-f]{64})"\}$/.exec(text) ?? []
  if (checksum !== checksumOf(`${body}}`)) return 'is not what was written'
  return body.endsWith(`"folder":${JSON.stringify(folderOf(ownerFile))}`) ? undefined : 'belongs to another folder'
}

const folderOf = (ownerFile: string): string => basename(dirname(ownerFile))

const checksumOf = (text: string): string => createHash('sha256').update(text).digest('hex')
