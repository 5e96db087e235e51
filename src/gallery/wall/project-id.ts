// Id of a new project, from its title.

const LONGEST = 64

/** @returns 0 to 64 of `a-z 0-9 . _ -`, not beginning with a dot */
export const idOf = (title: string): string =>
  title
    .normalize('NFKD')
    .replaceAll('ß', 'ss')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9._]+/g, '-')
    .replaceAll(/^[.-]+|-+$/g, '')
    .slice(0, LONGEST)
