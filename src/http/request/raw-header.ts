// Raw request headers: names and values in turn, as Node's parser has received them.

/** Value of a header; repeated ones make one list. @param wanted in lower case */
export const rawHeaderOf = (raw: readonly string[], wanted: string): string | undefined => {
  let found: string | undefined
  for (let at = 0; at < raw.length; at += 2) {
    const name = raw[at] ?? ''
    // Lower-cased only where the spelling differs, to avoid a copy.
    if (name.length !== wanted.length || (name !== wanted && name.toLowerCase() !== wanted)) continue
    found = found === undefined ? raw[at + 1] : `${found}, ${raw[at + 1]}`
  }
  return found
}
