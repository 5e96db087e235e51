// Random ids of lower-case letters and digits: some are file names, and some disks ignore case.

import { customAlphabet } from 'nanoid'

/** @param length in characters of 5.17 random bits each @returns a generator of such ids */
export const randomIds = (length: number): (() => string) =>
  customAlphabet('0123456789abcdefghijklmnopqrstuvwxyz', length)
