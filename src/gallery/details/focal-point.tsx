// The focal point of an image: set by a click on the picture or by sliders, with previews of crops that keep it.

import type { Signal } from '@preact/signals'
import { Picture } from '../parts/picture.tsx'
import type { Image } from '../project/model.ts'
import { t } from '../texts/texts.ts'
import { cropPosition } from './crop.ts'

type Point = { x: number; y: number }

/** Shapes of the previews, width by height. */
const FRAMES = [1, 16 / 9, 9 / 16]

const CENTRE: Point = { x: 0.5, y: 0.5 }

export const FocalPoint = ({ image, point }: { image: Image; point: Signal<Point | null> }) => {
  const { x, y } = point.value ?? CENTRE
  const shape = image.width / image.height
  const choose = (event: MouseEvent) => {
    if (!(event.currentTarget instanceof HTMLElement)) return
    const { left, top, width, height } = event.currentTarget.getBoundingClientRect()
    point.value = { x: part(event.clientX - left, width), y: part(event.clientY - top, height) }
  }
  const slider = (axis: 'x' | 'y', label: string) => (
    <label class="slider">
      <span>{label}</span>
      <input
        type="range"
        min={0}
        max={100}
        value={Math.round((axis === 'x' ? x : y) * 100)}
        onInput={({ currentTarget: { value } }) => {
          point.value = { ...(point.value ?? CENTRE), [axis]: Number(value) / 100 }
        }}
      />
    </label>
  )
  return (
    <fieldset class="focal">
      <legend>{t.focalPoint}</legend>
      {/* Sliders do the same for keys. */}
      {/* biome-ignore lint/a11y/noStaticElementInteractions: see above */}
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: see above */}
      <div class="target" onClick={choose}>
        <Picture image={image} sizes="320px" isFirst alt="" />
        {point.value && <span class="point" style={{ left: `${x * 100}%`, top: `${y * 100}%` }} />}
      </div>
      {slider('x', t.focalX)}
      {slider('y', t.focalY)}
      <div class="crops" aria-hidden="true">
        {FRAMES.map((frame) => {
          const position = cropPosition(shape, frame, { x, y })
          return (
            <div key={frame} style={{ aspectRatio: String(frame) }}>
              <img src={image.urls.thumb} alt="" style={{ objectPosition: `${position.x}% ${position.y}%` }} />
            </div>
          )
        })}
      </div>
      <button
        type="button"
        class="link"
        disabled={point.value === null}
        onClick={() => {
          point.value = null
        }}
      >
        {t.focalNone}
      </button>
    </fieldset>
  )
}

const part = (at: number, length: number): number => Math.round(Math.min(1, Math.max(0, at / length)) * 100) / 100
