// The lightbox: PhotoSwipe over the images of the project, in step with the address.

import 'photoswipe/style.css'
import './lightbox.css'
import PhotoSwipe, { type SlideData } from 'photoswipe'
import { render } from 'preact'
import { useEffect } from 'preact/hooks'
import { tintype } from '../app/api.ts'
import { imageUrl, navigate, projectUrl, route } from '../app/router.ts'
import { focusOn } from '../pictures/block-view.tsx'
import type { Image, ProjectModel } from '../project/model.ts'
import { t } from '../texts/texts.ts'
import { Facts } from './facts.tsx'

/** The facts in pixels beside the picture, on narrow screens as a part of them below it; as in lightbox.css. */
const PANEL = { width: 360, part: 0.6, narrow: 600 }

const NO_PADDING = { top: 0, bottom: 0, left: 0, right: 0 }

/** Slides before the end at which the next page is loaded. */
const NEAR_END = 10

export const LightboxView = ({ model, imageId }: { model: ProjectModel; imageId: string }) => {
  // Opened once; the address follows the lightbox from then on
  useEffect(() => {
    let lightbox: PhotoSwipe | undefined
    let isGone = false
    void indexOf(model, imageId).then((index) => {
      if (isGone) return
      if (index < 0) return navigate(projectUrl(model.projectId), true)
      lightbox = open(model, index)
      lightbox.on('destroy', () => {
        lightbox = undefined
      })
    })
    return () => {
      isGone = true
      lightbox?.close()
    }
  }, [model])
  return null
}

/** Index of an image, which may be on a page that is not loaded yet. */
const indexOf = async (model: ProjectModel, imageId: string): Promise<number> => {
  for (;;) {
    const index = model.images.value.findIndex(({ id }) => id === imageId)
    const before = model.images.value.length
    if (index >= 0 || model.isComplete.value) return index
    await model.more()
    if (model.images.value.length === before && model.problem.value !== undefined) return -1
  }
}

const open = (model: ProjectModel, index: number): PhotoSwipe => {
  /** Images of the slides, which stay in their places when the wall changes. */
  const slides = [...model.images.value]
  const mayDownload = model.mayDownload.value
  const dataSource = slides.map((image) => slideOf(image, mayDownload))
  const still = matchMedia('(prefers-reduced-motion: reduce)').matches
  let isShown = false
  const lightbox = new PhotoSwipe({
    paddingFn: ({ x, y }) => ({
      ...NO_PADDING,
      ...(isShown && (x > PANEL.narrow ? { right: PANEL.width } : { bottom: y * PANEL.part })),
    }),
    ...{ dataSource, index, bgOpacity: 1, loop: false, zoom: true, preload: [1, 2] },
    ...(still && { showAnimationDuration: 0, hideAnimationDuration: 0, zoomAnimationDuration: 0 }),
    ...{ closeTitle: t.close, zoomTitle: t.zoom, arrowPrevTitle: t.previous, arrowNextTitle: t.next },
    ...{ errorMsg: t.imageFailed, mainClass: 'lightbox', showHideAnimationType: 'fade' },
  })
  /** As it is now; as it was where it has been deleted. */
  const current = (): Image | undefined => {
    const slide = slides[lightbox.currIndex]
    return model.images.value.find(({ id }) => id === slide?.id) ?? slide
  }

  lightbox.on('uiRegister', () => {
    lightbox.ui?.registerElement({
      ...{ name: 'facts', order: 8, isButton: true, title: t.facts, ariaLabel: t.facts },
      html: { isCustomSVG: true, inner: '<path d="M16 8a2 2 0 110 4 2 2 0 010-4zm-2 6h4v10h-4z"/>', size: 32 },
      onClick: () => {
        isShown = !isShown
        show()
        lightbox.updateSize(true)
      },
    })
    lightbox.ui?.registerElement({
      ...{ name: 'panel', order: 9, appendTo: 'root' },
      onInit: (element) => {
        panel = element
        // Its own keys and gestures.
        for (const type of ['pointerdown', 'wheel', 'click'])
          element.addEventListener(type, (event) => event.stopPropagation())
      },
    })
  })
  let panel: HTMLElement | undefined
  const show = () => {
    const image = current()
    if (!panel) return
    panel.hidden = !isShown
    lightbox.element?.classList.toggle('with-panel', isShown)
    const about = { projectId: model.projectId, mayDownload }
    render(isShown && image ? <Facts key={image.id} {...about} image={image} /> : null, panel)
  }

  lightbox.on('change', () => {
    const image = current()
    if (image && route.value.view === 'project' && route.value.imageId !== undefined)
      navigate(imageUrl(model.projectId, image.id), true)
    show()
    if (lightbox.currIndex >= dataSource.length - NEAR_END) void append()
  })
  const append = async () => {
    await model.more()
    const added = newImages(slides, model.images.value)
    slides.push(...added)
    dataSource.push(...added.map((image) => slideOf(image, mayDownload)))
  }
  lightbox.on('close', () => {
    const id = current()?.id
    if (panel) render(null, panel)
    if (route.value.view === 'project' && route.value.imageId !== undefined) navigate(projectUrl(model.projectId), true)
    focusOn(id)
  })
  lightbox.on('uiRegister', () => lightbox.element?.setAttribute('aria-label', t.picture))
  lightbox.init()
  return lightbox
}

/** Images behind the last one that has a slide. Those that others have put before it are seen after the next opening. */
const newImages = (slides: readonly Image[], images: readonly Image[]): readonly Image[] => {
  const known = new Set(slides.map(({ id }) => id))
  return images.slice(images.findLastIndex(({ id }) => known.has(id)) + 1)
}

const slideOf = (image: Image, mayDownload: boolean): SlideData => {
  const { src, srcset, alt } = tintype.imgAttributes(image)
  const { urls, files, width, height, transparent } = image
  return {
    ...{ src, alt, width, height },
    msrc: transparent ? files.thumb.webp : urls.thumb,
    // Beside the sizes for pages the original, for zooming in.
    srcset: mayDownload ? `${srcset}, ${transparent ? files.original.webp : urls.original} ${width}w` : srcset,
  }
}
