import { createMemoryQueue } from '../../src/queues/memory.ts'
import { queueContract } from '../contracts/queue.ts'

queueContract('a queue in memory', async (signal) => {
  const queue = createMemoryQueue()
  queue.open(signal)
  return queue
})
