// A process that reads lists and variants over HTTP and looks whether each answer is whole.

import { Agent, request } from 'node:http'
import { contentOf, pick, SIZES, sha256Of } from './content.mjs'

const findings = []
const counts = { lists: 0, variants: 0, gone: 0, revisions: 0 }
/** By project: the newest list that was seen. */
const newest = new Map()

const tasks = {
  async read({ url, projects, reads, share, clients }) {
    const agent = new Agent({ keepAlive: true, maxSockets: clients })
    let left = reads
    const client = async () => {
      // Each client by itself, because answers of several connections may come in another order than they were made.
      const seen = new Map()
      while (left > 0 && findings.length < 10) {
        left--
        const projectId = pick(projects)
        if (Math.random() < share) await readVariant(agent, url, projectId, seen)
        else await readList(agent, url, projectId, seen)
      }
    }
    await Promise.all(Array.from({ length: clients }, client))
    agent.destroy()
    return { findings, counts }
  },
}

process.on('message', async ({ type, ...message }) => {
  process.send(await tasks[type](message).catch((error) => ({ failed: String(error?.stack ?? error) })))
})

const readList = async (agent, url, projectId, seen) => {
  counts.lists++
  const { status, body } = await get(agent, `${url}/projects/${projectId}/images`)
  const answer = JSON.parse(body.toString('utf8'))
  if (status === 404 && answer.code === 'project_not_found') return undefined
  const at = `${projectId} at revision ${answer.revision}`
  if (status !== 200) {
    findings.push(`${projectId}: the list is answered by ${status} ${body}`)
    return undefined
  }
  if (answer.revision < (seen.get(projectId) ?? 0))
    findings.push(`${at}: revision ${seen.get(projectId)} was read before`)
  if (answer.revision !== seen.get(projectId)) counts.revisions++
  seen.set(projectId, answer.revision)
  const ids = answer.images.map(({ id }) => id)
  if (new Set(ids).size !== ids.length) findings.push(`${at}: an image is listed twice`)
  const primary = answer.images.filter((image) => image.is_primary).map(({ id }) => id)
  const expected = answer.primary_image_id === null ? [] : [answer.primary_image_id]
  if (primary.join() !== expected.join() || (ids.length > 0 && primary.length === 0))
    findings.push(`${at}: the primary image is ${answer.primary_image_id}, marked are [${primary}]`)
  newest.set(projectId, ids)
  return ids
}

const readVariant = async (agent, url, projectId, seen) => {
  const imageId = pick(newest.get(projectId) ?? []) ?? pick((await readList(agent, url, projectId, seen)) ?? [])
  if (imageId === undefined) return
  counts.variants++
  const size = pick(SIZES)
  const { status, headers, body } = await get(agent, `${url}/projects/${projectId}/images/${imageId}?size=${size}`)
  const what = `${projectId}: ${size} of ${imageId}`
  if (status === 404) {
    counts.gone++
    if (!['image_not_found', 'project_not_found'].includes(JSON.parse(body.toString('utf8')).code))
      findings.push(`${what} is answered by 404 ${body}`)
    const now = await readList(agent, url, projectId, seen)
    if (now?.includes(imageId)) findings.push(`${what} is not there, though the image is listed`)
    return
  }
  if (status !== 200) findings.push(`${what} is answered by ${status} ${body}`)
  else if (Number(headers['content-length']) !== body.length)
    findings.push(`${what}: ${headers['content-length']} bytes announced, ${body.length} came`)
  else if (sha256Of(body) !== sha256Of(contentOf(imageId, size))) findings.push(`${what} is not what was stored`)
}

const get = (agent, url) =>
  new Promise((resolve, reject) => {
    const sent = request(url, { agent }, (answer) => {
      const chunks = []
      answer.on('data', (chunk) => chunks.push(chunk)).on('error', reject)
      answer.on('end', () =>
        resolve({ status: answer.statusCode, headers: answer.headers, body: Buffer.concat(chunks) }),
      )
    })
    sent.on('error', reject).end()
  })
