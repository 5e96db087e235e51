// The wall: covers of all projects, with search, order and a filter by tag.

import { useSignal } from '@preact/signals'
import { useEffect, useMemo } from 'preact/hooks'
import { wordsOf } from '../app/api.ts'
import { generation, mayCreate, me } from '../app/session.ts'
import { openDialog } from '../parts/dialog.tsx'
import { Icon } from '../parts/icon.tsx'
import { lazy } from '../parts/lazy.tsx'
import { Sentinel } from '../parts/sentinel.tsx'
import { t } from '../texts/texts.ts'
import { CoverCard } from './cover-card.tsx'
import { projectListOf, SORTS, type Sort } from './project-list.ts'

const NewProject = lazy(async () => (await import('./new-project.tsx')).NewProject)
const TagFilter = lazy(async () => (await import('../parts/tag-filter.tsx')).TagFilter)

/** Wait after a key, in milliseconds, before a search is sent. */
const TYPING_MS = 250

export const WallView = () => {
  const { value: session } = generation
  const list = useMemo(() => projectListOf(session), [session])
  const text = useSignal(list.query.value.q)

  useEffect(() => {
    void list.refresh()
  }, [list])

  useEffect(() => {
    const readAgain = () => {
      if (document.visibilityState === 'visible') void list.refresh()
    }
    document.addEventListener('visibilitychange', readAgain)
    return () => document.removeEventListener('visibilitychange', readAgain)
  }, [list])

  // The text alone
  useEffect(() => {
    const q = text.value.trim()
    if (q === list.query.value.q) return
    const timer = setTimeout(() => void list.find({ q }), TYPING_MS)
    return () => clearTimeout(timer)
  }, [list, text.value])

  const { projects, problem, isComplete, query } = list
  const { q, tag } = query.value
  const isSearch = q !== '' || tag !== undefined
  const isTagged = tag !== undefined || projects.value.some(({ tags }) => tags.length > 0)
  const isEmpty = projects.value.length === 0 && isComplete.value
  return (
    <>
      <div class="tools">
        <h1>{t.projects}</h1>
        {(!isEmpty || isSearch) && (
          <>
            <label class="search">
              <Icon name="search" />
              <span class="hidden">{t.searchProjects}</span>
              <input
                type="search"
                placeholder={t.search}
                value={text.value}
                onInput={(event) => {
                  text.value = event.currentTarget.value
                }}
              />
            </label>
            <label>
              <span class="hidden">{t.sortBy}</span>
              <select
                value={query.value.sort}
                onChange={(event) => void list.find({ sort: asSort(event.currentTarget.value) })}
              >
                {SORTS.map((sort) => (
                  <option key={sort} value={sort}>
                    {t.projectSorts[sort]}
                  </option>
                ))}
              </select>
            </label>
          </>
        )}
        {mayCreate.value && (
          <button type="button" class="primary" onClick={() => openDialog(<NewProject />)}>
            <Icon name="add" />
            {t.newProject}
          </button>
        )}
        {isTagged && <TagFilter items={projects.value} chosen={tag} onChoose={(tag) => void list.find({ tag })} />}
      </div>
      {problem.value !== undefined && (
        <section class="empty" role="alert">
          <p>{wordsOf(problem.value)}</p>
          <button type="button" onClick={() => void list.read()}>
            {t.tryAgain}
          </button>
        </section>
      )}
      {isEmpty && problem.value === undefined && <NoProjects isSearch={isSearch} />}
      <ul class="covers">
        {projects.value.map((project, at) => (
          <CoverCard key={project.project_id} project={project} isFirst={at < 8} />
        ))}
      </ul>
      {!isComplete.value && <Sentinel onNear={() => void list.more()} marker={projects.value.length} />}
    </>
  )
}

const asSort = (text: string): Sort => SORTS.find((sort) => sort === text) ?? 'updated'

const NoProjects = ({ isSearch }: { isSearch: boolean }) => (
  <section class="empty">
    <Icon name="folder" />
    <h2>{isSearch ? t.nothingFound : t.noProjects}</h2>
    <p>{isSearch ? t.nothingFoundHint : me.value ? t.noProjectsHint : t.noProjectsVisitor}</p>
  </section>
)
