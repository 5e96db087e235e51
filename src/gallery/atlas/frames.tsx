// A page of an atlas, scaled to the width: its frames have their names on hover, and are walked by arrow keys.

import type { Signal } from '@preact/signals'
import { useRef } from 'preact/hooks'
import { games } from '../texts/games.ts'
import type { AtlasPage } from './read-atlas.ts'
import { type Frame, frameAt } from './steps.ts'

interface FramesProps {
  page: AtlasPage
  /** Number of the page, from 1. */
  number: number
  /** The frame that snippets draw. */
  chosen: Signal<Frame | undefined>
  /** The frame under the pointer. */
  hovered: Signal<Frame | undefined>
}

/** Smallest part of its size that a page is shown at; beyond, it is scrolled: icons stay targets for a finger. */
const LEAST_SCALE = 0.5

export const Frames = ({ page, number, chosen, hovered }: FramesProps) => {
  const list = useRef<HTMLDivElement>(null)
  const { width, height, frames } = page

  const frameOf = ({ target }: Event): Frame | undefined =>
    target instanceof HTMLElement ? frames[Number(target.dataset.at ?? -1)] : undefined
  const choose = (event: Event) => {
    chosen.value = frameOf(event) ?? chosen.value
  }
  const step = (event: KeyboardEvent) => {
    const from = chosen.value ? frames.indexOf(chosen.value) : 0
    const to = frameAt(frames, from, event.key)
    if (to === undefined) return
    event.preventDefault()
    list.current?.querySelector<HTMLElement>(`[data-at="${to}"]`)?.focus()
  }

  return (
    <div class="atlas-page">
      <div
        ref={list}
        class="sheet"
        role="listbox"
        aria-label={games.framesOf(number)}
        style={{ width: `max(${width * LEAST_SCALE}px, min(100%, ${width}px))`, aspectRatio: `${width} / ${height}` }}
        onKeyDown={step}
        onFocusIn={choose}
        onClick={choose}
        onPointerOver={(event) => {
          hovered.value = frameOf(event)
        }}
        onPointerLeave={() => {
          hovered.value = undefined
        }}
      >
        <img src={page.url} alt="" width={width} height={height} />
        {frames.map((frame, at) => (
          <div
            key={frame.name}
            role="option"
            aria-label={frame.name}
            aria-selected={frame === chosen.value}
            tabIndex={frame === chosen.value ? 0 : -1}
            title={frame.name}
            data-at={at}
            style={{
              left: `${(frame.x / width) * 100}%`,
              top: `${(frame.y / height) * 100}%`,
              width: `${(frame.w / width) * 100}%`,
              height: `${(frame.h / height) * 100}%`,
            }}
          />
        ))}
      </div>
    </div>
  )
}
