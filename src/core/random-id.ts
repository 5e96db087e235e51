// Random names of small letters and digits: some of them are names of files, and some disks ignore case.

import { customAlphabet } from 'nanoid'

/** @param length in characters, of 5.17 random bits each @returns a maker of such names */
export const randomIds = (length: number): (() => string) =>
  customAlphabet('0123456789abcdefghijklmnopqrstuvwxyz', length)
