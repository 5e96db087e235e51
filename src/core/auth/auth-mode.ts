// Authentication modes of a server.

/** `auto` is open until a way to authenticate is set up; `none` is always open, `required` never. */
export const AUTH_MODES = ['auto', 'none', 'required'] as const
export type AuthMode = (typeof AUTH_MODES)[number]
