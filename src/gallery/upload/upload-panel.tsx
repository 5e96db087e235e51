// Panel of the uploads: progress in all and of each, failures in the words of the API.

import { useSignal } from '@preact/signals'
import { wordsOf } from '../app/api.ts'
import { Icon } from '../parts/icon.tsx'
import { bytesText } from '../parts/numbers.ts'
import { ToolIcon } from '../parts/tool-icon.tsx'
import { t } from '../texts/texts.ts'
import { type Upload, uploads } from './uploads.ts'

/** Items that are shown. Failed ones come first, then those that are sent. */
const MOST_SHOWN = 100

export const UploadPanel = () => {
  const isOpen = useSignal(true)
  const { all, done, failed, active, loaded, size } = uploads.counts.value
  const title = active > 0 ? t.uploading(done, all) : failed > 0 ? t.uploadsFailed(failed) : t.uploadsDone(done)
  return (
    <section class="uploads" aria-label={t.uploads}>
      <header>
        <button
          type="button"
          class="quiet grow"
          aria-expanded={isOpen.value}
          onClick={() => {
            isOpen.value = !isOpen.value
          }}
        >
          <ToolIcon name={active > 0 ? 'upload' : failed > 0 ? 'alert' : 'check'} />
          <span role="status">{title}</span>
        </button>
        {active > 0 ? (
          <button type="button" class="quiet" onClick={uploads.cancelAll}>
            {t.cancelAll}
          </button>
        ) : (
          <>
            {failed > 0 && (
              <button type="button" class="quiet" onClick={() => uploads.retryAll()}>
                {t.retryAll}
              </button>
            )}
            <button type="button" class="quiet round" aria-label={t.close} onClick={uploads.clear}>
              <Icon name="close" />
            </button>
          </>
        )}
      </header>
      {active > 0 && <progress aria-label={t.uploads} value={loaded} max={Math.max(size, 1)} />}
      {isOpen.value && (
        <ul>
          {ordered(uploads.items.value).map((item) => (
            <Item key={item.id} item={item} />
          ))}
        </ul>
      )}
    </section>
  )
}

const RANK = { failed: 0, sending: 1, waiting: 2, done: 3, cancelled: 4 }

const ordered = (items: readonly Upload[]): readonly Upload[] =>
  items.toSorted((one, other) => RANK[one.state.value] - RANK[other.state.value]).slice(0, MOST_SHOWN)

const Item = ({ item }: { item: Upload }) => {
  const state = item.state.value
  const canRetry = state === 'failed' || state === 'cancelled'
  return (
    <li class={`upload ${state}`}>
      <span class="name">{item.name}</span>
      <span class="state">
        {state === 'waiting' || state === 'sending' ? bytesText(item.size) : t.uploadStates[state]}
      </span>
      {state === 'sending' && (
        <progress aria-label={item.name} value={item.loaded.value} max={Math.max(item.size, 1)} />
      )}
      {state === 'failed' && <p class="problem">{wordsOf(item.problem.value)}</p>}
      {(state === 'waiting' || state === 'sending') && (
        <button
          type="button"
          class="quiet round"
          aria-label={t.cancelUpload(item.name)}
          onClick={() => uploads.cancel(item)}
        >
          <Icon name="close" />
        </button>
      )}
      {canRetry && (
        <button type="button" class="quiet" aria-label={t.retryUpload(item.name)} onClick={() => uploads.retry(item)}>
          {t.retry}
        </button>
      )}
    </li>
  )
}
