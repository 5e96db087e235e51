// A real RabbitMQ for tests, where it is installed.

import { isMissing } from '../needs.ts'

export { createRabbitMq, type RabbitMq } from '../amqp/rabbitmq.mjs'

/** True where RabbitMQ is missing; says so in one line. */
export const lacksRabbitMq = (what: string): boolean =>
  isMissing({ fault: what, programs: { 'rabbitmq-server': 'rabbitmq-server' } })
