// Whether requests have to say who they are.

/** `auto` is open until a way to say it is set up; `none` is open, `required` never. */
export const AUTH_MODES = ['auto', 'none', 'required'] as const
export type AuthMode = (typeof AUTH_MODES)[number]
