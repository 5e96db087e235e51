// Dialog of share links: make one that ends, copy its address, revoke it.

import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { type components, dataOf } from '../../client/index.ts'
import { tintype } from '../app/api.ts'
import { withSession } from '../app/session.ts'
import { shown } from '../app/toasts.ts'
import { CodeLine } from '../parts/copy.tsx'
import { Dialog } from '../parts/dialog.tsx'
import { Form } from '../parts/form.tsx'
import { timeText } from '../parts/numbers.ts'
import { t } from '../texts/texts.ts'

type Link = components['schemas']['Link']

/** Days until a link ends, to choose from. */
const DAYS = [1, 7, 30, 365] as const

const DAY_MS = 86_400_000

export const ShareDialog = ({ projectId }: { projectId: string }) => {
  const links = useSignal<readonly Link[] | undefined>(undefined)
  const made = useSignal<string | undefined>(undefined)
  const days = useSignal<number>(7)
  const mayUpload = useSignal(false)
  const mayDownload = useSignal(true)
  const params = { path: { project_id: projectId } }

  const read = async () => {
    const list = await withSession(() => dataOf(tintype.api.GET('/projects/{project_id}/links', { params })))
    links.value = list.links
  }
  useEffect(() => void shown(read), [projectId])

  const create = async () => {
    const body = {
      expires: new Date(Date.now() + days.value * DAY_MS).toISOString(),
      upload: mayUpload.value,
      download: mayDownload.value,
    }
    const { url } = await withSession(() => dataOf(tintype.api.POST('/projects/{project_id}/links', { params, body })))
    made.value = tintype.url(url)
    await read()
  }
  const revoke = (link_id: string) =>
    shown(async () => {
      const path = { project_id: projectId, link_id }
      await withSession(() =>
        dataOf(tintype.api.DELETE('/projects/{project_id}/links/{link_id}', { params: { path } })),
      )
      made.value = undefined
      await read()
    })
  const choice = (label: string, value: { value: boolean }) => (
    <label class="choice">
      <input
        type="checkbox"
        checked={value.value}
        onChange={({ currentTarget: { checked } }) => {
          value.value = checked
        }}
      />
      <span>{label}</span>
    </label>
  )

  return (
    <Dialog title={t.share} isWide>
      <p>{t.shareHint}</p>
      <Form submit={t.shareCreate} onSubmit={create}>
        <label class="field">
          <span>{t.shareEnds}</span>
          <select
            value={days.value}
            onChange={({ currentTarget: { value } }) => {
              days.value = Number(value)
            }}
          >
            {DAYS.map((each) => (
              <option key={each} value={each}>
                {t.days(each)}
              </option>
            ))}
          </select>
        </label>
        {choice(t.shareDownload, mayDownload)}
        {choice(t.shareUpload, mayUpload)}
      </Form>
      {made.value !== undefined && <CodeLine label={t.shareNew} code={made.value} />}
      <ul class="links" aria-label={t.shareLinks}>
        {links.value?.map(({ id, expires, upload, download }) => (
          <li key={id}>
            <span class="grow">
              {t.shareUntil(timeText(expires))}
              <small>{[download && t.shareDownload, upload && t.shareUpload].filter(Boolean).join(', ')}</small>
            </span>
            <button type="button" class="link" onClick={() => void revoke(id)}>
              {t.shareRevoke}
            </button>
          </li>
        ))}
      </ul>
    </Dialog>
  )
}
