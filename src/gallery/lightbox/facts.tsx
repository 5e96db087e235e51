// Facts of the image in the lightbox: name and times, its sizes, addresses to copy, downloads.

import { tintype } from '../app/api.ts'
import { imageUrl } from '../app/router.ts'
import { imgTag } from '../developers/img-tag.ts'
import { copy } from '../parts/copy.tsx'
import { bytesText, timeText } from '../parts/numbers.ts'
import type { Image } from '../project/model.ts'
import { t } from '../texts/texts.ts'

const SIZES = ['thumb', 'medium', 'original'] as const

interface FactsProps {
  image: Image
  projectId: string
  /** False for guests who may not read originals. */
  mayDownload: boolean
}

export const Facts = ({ image, projectId, mayDownload }: FactsProps) => {
  const { title, alt, name, tags, created_at, taken_at, sizes, urls, id } = image
  const baseName = (name ?? id).replace(/\.[^.]*$/, '')
  return (
    <aside class="facts" aria-label={t.facts}>
      <h2>{title ?? name ?? t.picture}</h2>
      {alt && <p>{alt}</p>}
      <dl>
        {title !== null && name !== null && <Fact name={t.fileName} value={name} />}
        {taken_at !== null && <Fact name={t.taken} value={timeText(taken_at)} />}
        <Fact name={t.uploaded} value={timeText(created_at)} />
        {tags.length > 0 && <Fact name={t.tags} value={tags.join(', ')} />}
      </dl>
      <table>
        <caption>{t.sizes}</caption>
        <tbody>
          {(mayDownload ? SIZES : SIZES.slice(0, -1)).map((size) => (
            <tr key={size}>
              <th scope="row">{size}</th>
              <td>
                {sizes[size].width}×{sizes[size].height}
                <small>{bytesText(sizes[size].bytes)}</small>
              </td>
              <td>
                <button
                  type="button"
                  class="link"
                  aria-label={`${t.copyUrl}: ${size}`}
                  onClick={() => void copy(tintype.url(urls[size]))}
                >
                  {t.copyUrl}
                </button>
                <a href={urls[size]} download={`${baseName}-${size}.jpg`} aria-label={`${t.download}: ${size}`}>
                  {t.download}
                </a>
              </td>
            </tr>
          ))}
          <tr>
            <th scope="row">game</th>
            <td>
              <img src={urls.game} width={50} height={50} alt="" />
              <small>{bytesText(sizes.game.bytes)}</small>
            </td>
            <td>
              <button
                type="button"
                class="link"
                aria-label={`${t.copyUrl}: game`}
                onClick={() => void copy(tintype.url(urls.game))}
              >
                {t.copyUrl}
              </button>
            </td>
          </tr>
        </tbody>
      </table>
      <div class="actions">
        <button
          type="button"
          onClick={() => void copy(imgTag(tintype.imgAttributes(image, { sizes: '100vw' }), location.origin))}
        >
          {t.copyTag}
        </button>
        <button type="button" onClick={() => void copy(location.origin + imageUrl(projectId, id))}>
          {t.copyLink}
        </button>
      </div>
    </aside>
  )
}

const Fact = ({ name, value }: { name: string; value: string }) => (
  <>
    <dt>{name}</dt>
    <dd>{value}</dd>
  </>
)
