// Shows the toasts, to screen readers too.

import { toasts } from '../app/toasts.ts'

export const ToastList = () => (
  <div class="toasts" role="status" aria-live="polite">
    {toasts.value.map(({ id, text, isError, action }) => (
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
