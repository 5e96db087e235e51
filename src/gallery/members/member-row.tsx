// A member in the list: name and address, the role to choose, a button that removes.

import { Tool } from '../parts/tool.tsx'
import { people } from '../texts/people.ts'
import { type Member, type Role, RoleChoice } from './role.tsx'

interface MemberRowProps {
  member: Member
  /** What the controls call the person. */
  name: string
  onRole(role: Role): void
  onRemove(): void
}

export const MemberRow = ({ member, name, onRole, onRemove }: MemberRowProps) => (
  <li>
    <PersonName person={member} />
    <RoleChoice role={member.role} label={people.roleOf(name)} onChange={onRole} />
    <Tool icon="trash" label={people.removeMember(name)} onClick={onRemove} />
  </li>
)

/** The name with the address below it; people of another issuer have an id alone. */
export const PersonName = ({ person: { name, email, user_id } }: { person: Omit<Member, 'role'> }) => (
  <span class="grow">
    {name ?? email ?? user_id}
    {name !== null && email !== null && <small>{email}</small>}
  </span>
)
