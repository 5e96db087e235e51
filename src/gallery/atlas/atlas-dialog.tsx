// The atlas of a project: its pages with the names of their frames, and the snippet for each engine.

import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { base, wordsOf } from '../app/api.ts'
import { CodeLine } from '../parts/copy.tsx'
import { Dialog } from '../parts/dialog.tsx'
import { ToolIcon } from '../parts/tool-icon.tsx'
import type { ProjectModel } from '../project/model.ts'
import { games, loadGameTexts } from '../texts/games.ts'
import { t } from '../texts/texts.ts'
import { Frames } from './frames.tsx'
import { ATLAS_SIZES, type AtlasPage, type AtlasSize, folderUrl, readAtlas } from './read-atlas.ts'
import { cssSnippet, phaserSnippet, pixiSnippet } from './snippets.ts'
import type { Frame } from './steps.ts'
import './atlas.css'

export const loadAtlasDialog = async () => {
  await loadGameTexts()
  return AtlasDialog
}

const AtlasDialog = ({ model }: { model: ProjectModel }) => {
  const size = useSignal<AtlasSize>('game')
  const pages = useSignal<readonly AtlasPage[] | undefined>(undefined)
  const problem = useSignal<unknown>(undefined)
  const index = useSignal(0)
  const chosen = useSignal<Frame | undefined>(undefined)
  const { projectId } = model
  const revision = model.project.value?.revision
  const { value: shownSize } = size

  // Read anew for each change of the project: pages have other names then.
  useEffect(() => {
    let isOther = false
    readAtlas(projectId, shownSize).then(
      (read) => {
        if (isOther) return
        const at = Math.min(index.value, Math.max(0, read.length - 1))
        const frames = read[at]?.frames ?? []
        const name = chosen.value?.name
        problem.value = undefined
        pages.value = read
        index.value = at
        chosen.value = frames.find((frame) => frame.name === name) ?? frames[0]
      },
      (error: unknown) => {
        if (!isOther) problem.value = error
      },
    )
    return () => {
      isOther = true
    }
  }, [projectId, revision, shownSize])

  const turnTo = (to: number) => {
    index.value = to
    chosen.value = pages.value?.[to]?.frames[0]
  }
  const page = pages.value?.[index.value]
  const count = pages.value?.length ?? 0
  return (
    <Dialog title={t.atlas} isWide>
      <p>{games.atlasHint}</p>
      <div class="atlas-tools" aria-busy={pages.value === undefined && problem.value === undefined}>
        <label class="choice">
          {games.frameSize}
          <select
            value={shownSize}
            onChange={({ currentTarget: { value } }) => {
              size.value = ATLAS_SIZES.find((each) => each === value) ?? 'game'
              pages.value = undefined
            }}
          >
            {ATLAS_SIZES.map((each) => (
              <option key={each} value={each}>
                {games.frameSizes[each]}
              </option>
            ))}
          </select>
        </label>
        {count > 1 && (
          <div class="turn">
            <button
              type="button"
              class="quiet round"
              aria-label={games.previousPage}
              disabled={index.value === 0}
              onClick={() => turnTo(index.value - 1)}
            >
              <ToolIcon name="back" />
            </button>
            <span role="status">{games.pageOf(index.value + 1, count)}</span>
            <button
              type="button"
              class="quiet round"
              aria-label={games.nextPage}
              disabled={index.value === count - 1}
              onClick={() => turnTo(index.value + 1)}
            >
              <ToolIcon name="next" />
            </button>
          </div>
        )}
      </div>
      {problem.value !== undefined && (
        <p class="problem" role="alert">
          {wordsOf(problem.value)}
        </p>
      )}
      {pages.value && !page && problem.value === undefined && (
        <section class="empty">
          <ToolIcon name="grid" />
          <h3>{t.noImages}</h3>
          <p>{games.noFramesHint}</p>
        </section>
      )}
      {page && <Page key={`${shownSize} ${index.value}`} page={page} number={index.value + 1} chosen={chosen} />}
      {page && chosen.value && <Snippets projectId={projectId} size={shownSize} page={page} frame={chosen.value} />}
      <p>
        <a href={`${base}/docs`}>{t.apiDocs}</a>
      </p>
    </Dialog>
  )
}

type ChosenFrame = ReturnType<typeof useSignal<Frame | undefined>>

const Page = ({ page, number, chosen }: { page: AtlasPage; number: number; chosen: ChosenFrame }) => {
  const hovered = useSignal<Frame | undefined>(undefined)
  return (
    <>
      <Frames page={page} number={number} chosen={chosen} hovered={hovered} />
      <Legend page={page} chosen={chosen} hovered={hovered} />
    </>
  )
}

/** Name and place of the frame under the pointer, else of the chosen one. */
const Legend = ({ page, chosen, hovered }: { page: AtlasPage; chosen: ChosenFrame; hovered: ChosenFrame }) => {
  const frame = hovered.value ?? chosen.value
  return (
    <p class="legend">
      <strong>{frame?.name}</strong>
      {frame && (
        <span>
          {frame.w} × {frame.h} · x {frame.x}, y {frame.y}
        </span>
      )}
      <span>{games.pageFacts(page.frames.length, page.width, page.height)}</span>
    </p>
  )
}

interface SnippetsProps {
  projectId: string
  size: AtlasSize
  page: AtlasPage
  frame: Frame
}

const Snippets = ({ projectId, size, page, frame }: SnippetsProps) => {
  const options = { projectId, folder: folderUrl(projectId), size, frame }
  return (
    <>
      <CodeLine label="Phaser" code={phaserSnippet(options)} />
      <CodeLine label="Pixi" code={pixiSnippet(options)} />
      <CodeLine label="CSS" code={cssSnippet(options, page)} />
      <p class="about">{games.cssHint}</p>
    </>
  )
}
