// Shows the toasts, to screen readers too.

import { toasts } from '../app/toasts.ts'

/** @param isShown false where a dialog is over it, which shows them itself: the rest of the page is inert then */
export const ToastList = ({ isShown = true }: { isShown?: boolean }) => (
  <div class="toasts" role="status" aria-live="polite">
    {(isShown ? toasts.value : []).map(({ id, text, isError, action }) => (
      <div key={id} class={isError ? 'toast error' : 'toast'}>
        <span>{text}</span>
        {action && (
          <button type="button" class="quiet" onClick={action.run}>
            {action.label}
          </button>
        )}
      </div>
    ))}
  </div>
)
