// A line of code with a button that copies it.

import { say, sayError } from '../app/toasts.ts'
import { t } from '../texts/texts.ts'

export const copy = async (text: string): Promise<void> => {
  try {
    // Pages over plain HTTP have no clipboard.
    if (navigator.clipboard) await navigator.clipboard.writeText(text)
    else copyBySelection(text)
    say(t.copied)
  } catch (error) {
    sayError(error)
  }
}

const copyBySelection = (text: string): void => {
  const area = document.createElement('textarea')
  area.value = text
  ;(document.querySelector('dialog[open], .pswp') ?? document.body).append(area)
  area.select()
  document.execCommand('copy')
  area.remove()
}

export const CodeLine = ({ label, code }: { label: string; code: string }) => (
  <div class="code">
    <div>
      <span>{label}</span>
      <button type="button" class="link" aria-label={`${t.copy}: ${label}`} onClick={() => void copy(code)}>
        {t.copy}
      </button>
    </div>
    <pre>
      <code>{code}</code>
    </pre>
  </div>
)
