// Passwords whose hashes cost next to nothing: a test that signs people in is about something else.

import { createPasswords, type Passwords } from '../../../src/services/auth/passwords.ts'

/** Hashes by argon2id at its lowest cost; that of production is held by test/services/auth/passwords.test.ts. */
export const cheapPasswords = (): Passwords => createPasswords({ cost: { memoryCost: 8, timeCost: 1 } })
