// After each test file: the encoder processes that its apps shared end.

import { afterAll } from 'vitest'
import { closeSharedEncoders } from '../encoders/shared.ts'

afterAll(closeSharedEncoders)
