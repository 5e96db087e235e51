// Dialog of an image: title, alternative text, tags and focal point.

import { useSignal } from '@preact/signals'
import { say } from '../app/toasts.ts'
import { closeDialog, Dialog } from '../parts/dialog.tsx'
import { Field, Form } from '../parts/form.tsx'
import { tagsOf, textOfTags } from '../parts/tags.ts'
import type { Image, ProjectModel } from '../project/model.ts'
import { t } from '../texts/texts.ts'
import { FocalPoint } from './focal-point.tsx'

export const DetailsDialog = ({ model, imageId }: { model: ProjectModel; imageId: string }) => {
  const image = model.images.value.find(({ id }) => id === imageId)
  return (
    <Dialog title={t.details} isWide>
      {image ? <Details model={model} image={image} /> : <p>{t.imageMissing}</p>}
    </Dialog>
  )
}

const Details = ({ model, image }: { model: ProjectModel; image: Image }) => {
  const title = useSignal(image.title ?? '')
  const alt = useSignal(image.alt ?? '')
  const tags = useSignal(textOfTags(image.tags))
  const point = useSignal(image.focal_point)
  const save = async () => {
    await model.editImage(image.id, {
      title: title.value.trim() || null,
      alt: alt.value.trim() || null,
      tags: tagsOf(tags.value),
      focal_point: point.value,
    })
    closeDialog()
    say(t.saved)
  }
  return (
    <Form submit={t.save} onSubmit={save}>
      <div class="details">
        <FocalPoint image={image} point={point} />
        <div>
          <Field label={t.title} maxLength={200} text={title} autofocus />
          <Field label={t.alt} hint={t.altHint} maxLength={2000} text={alt} />
          <Field label={t.tags} hint={t.tagsHint} text={tags} />
          {image.name !== null && <p class="about">{image.name}</p>}
        </div>
      </div>
    </Form>
  )
}
