// Roles of members, and the control that chooses one.

import type { components } from '../../client/index.ts'
import { people } from '../texts/people.ts'

export type Member = components['schemas']['MemberList']['members'][number]
export type Role = Member['role']

const ROLES: readonly Role[] = ['viewer', 'editor']

interface RoleChoiceProps {
  role: Role
  /** Id of the control, for a label that names it. */
  id?: string
  /** Name for screen readers. @default that of the label around it */
  label?: string
  onChange(role: Role): void
}

export const RoleChoice = ({ role, id, label, onChange }: RoleChoiceProps) => (
  <select
    id={id}
    value={role}
    aria-label={label}
    onChange={({ currentTarget: { value } }) => {
      const chosen = ROLES.find((each) => each === value)
      if (chosen) onChange(chosen)
    }}
  >
    {ROLES.map((each) => (
      <option key={each} value={each}>
        {people.roles[each]}
      </option>
    ))}
  </select>
)
