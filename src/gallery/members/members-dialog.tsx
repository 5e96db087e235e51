// Dialog of members: owner and members of a project, add one by e-mail, change a role, remove one.

import { useSignal } from '@preact/signals'
import { useEffect, useId, useRef } from 'preact/hooks'
import { type components, dataOf } from '../../client/index.ts'
import { isCode, tintype, wordsOf } from '../app/api.ts'
import { withSession } from '../app/session.ts'
import { Dialog } from '../parts/dialog.tsx'
import { Field, Form } from '../parts/form.tsx'
import type { ProjectModel } from '../project/model.ts'
import { loadPeopleTexts, people } from '../texts/people.ts'
import { t } from '../texts/texts.ts'
import { MemberRow, PersonName } from './member-row.tsx'
import { type Member, type Role, RoleChoice } from './role.tsx'

/** The dialog, once its texts are loaded. */
export const loadMembersDialog = async () => {
  await loadPeopleTexts()
  return MembersDialog
}

const MembersDialog = ({ model }: { model: ProjectModel }) => {
  const { projectId } = model
  const list = useSignal<components['schemas']['MemberList'] | undefined>(undefined)
  const done = useSignal('')
  const problem = useSignal('')
  const listElement = useRef<HTMLUListElement>(null)
  const params = { path: { project_id: projectId } }

  const read = async () => {
    list.value = await withSession(() => dataOf(tintype.api.GET('/projects/{project_id}/members', { params })))
  }
  /** Runs a change, says what it has done or why not, and shows what is stored now. */
  const change = async (task: () => Promise<void>, said: string) => {
    done.value = ''
    problem.value = ''
    try {
      await task()
      await read()
      done.value = said
    } catch (error) {
      problem.value = wordsOf(error)
    }
  }
  useEffect(() => void change(async () => {}, ''), [projectId])

  const edit = (member: Member, role: Role | null, said: string) =>
    change(() => model.edit({ members: { [member.user_id]: role } }), said)
  const remove = async (member: Member) => {
    await edit(member, null, people.memberRemoved(nameOf(member)))
    // The button that had the focus is gone.
    listElement.current?.focus()
  }

  const { owner, members = [] } = list.value ?? {}
  return (
    <Dialog title={t.members} isWide>
      <p>{model.project.value?.visibility === 'private' ? people.membersPrivate : people.membersPublic}</p>
      <AddMember
        projectId={projectId}
        onAdded={async (email) => {
          await change(async () => {}, people.memberAdded(email))
        }}
      />
      <ul class="links members" ref={listElement} tabIndex={-1} aria-label={t.members}>
        {owner && (
          <li>
            <PersonName person={owner} />
            <span>{people.owner}</span>
          </li>
        )}
        {members.map((member) => (
          <MemberRow
            key={member.user_id}
            member={member}
            name={nameOf(member)}
            onRole={(role) => void edit(member, role, t.saved)}
            onRemove={() => void remove(member)}
          />
        ))}
      </ul>
      {list.value && members.length === 0 && <p class="other">{people.noMembers}</p>}
      <p class="problem" role="alert">
        {problem}
      </p>
      <p class="done" role="status">
        {done}
      </p>
    </Dialog>
  )
}

const AddMember = ({ projectId, onAdded }: { projectId: string; onAdded(email: string): Promise<void> }) => {
  const email = useSignal('')
  const role = useSignal<Role>('viewer')
  const roleId = useId()
  const add = async () => {
    const body = { email: email.value.trim(), role: role.value }
    const params = { path: { project_id: projectId } }
    try {
      await withSession(() => dataOf(tintype.api.PUT('/projects/{project_id}/members', { params, body })))
    } catch (error) {
      throw isCode(error, 'no_such_account') ? new Error(people.noSuchAccount(body.email)) : error
    }
    email.value = ''
    await onAdded(body.email)
  }
  return (
    <Form submit={people.addMember} onSubmit={add}>
      <div class="pair">
        <Field label={people.email} type="email" autocomplete="off" required autofocus text={email} />
        <div class="field">
          <label for={roleId}>{people.role}</label>
          <RoleChoice
            id={roleId}
            role={role.value}
            onChange={(chosen) => {
              role.value = chosen
            }}
          />
        </div>
      </div>
    </Form>
  )
}

const nameOf = ({ name, email, user_id }: Member): string => name ?? email ?? user_id
