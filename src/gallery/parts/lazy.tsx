// Components that are loaded when they are shown.

import { signal } from '@preact/signals'
import type { ComponentType } from 'preact'
import { sayError } from '../app/toasts.ts'

/** Shows nothing until the component is loaded. */
export const lazy = <Props extends object>(load: () => Promise<ComponentType<Props>>) => {
  const loaded = signal<ComponentType<Props> | undefined>(undefined)
  let _loading: Promise<void> | undefined
  return (props: Props) => {
    const Component = loaded.value
    if (Component) return <Component {...props} />
    _loading ??= load()
      .then((component) => {
        loaded.value = component
      })
      .catch((error: unknown) => {
        _loading = undefined
        sayError(error)
      })
    return null
  }
}
