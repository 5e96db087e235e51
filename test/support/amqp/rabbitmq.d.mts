// Types of rabbitmq.mjs.

export interface RabbitMq {
  /** With user and password. */
  readonly url: string
  /** Resolves when it takes connections, on the same port and with what it kept. */
  start(): Promise<void>
  /** Begins or ends an alarm: the broker reads nothing more from connections that publish. */
  block(isBlocked: boolean): Promise<void>
  /** Adds a user that may do everything. */
  addUser(name: string, password: string): Promise<void>
  /** SIGKILL. */
  kill(): Promise<void>
  /** Kills it and removes its folder. */
  remove(): Promise<void>
}

/** True where it is installed. */
export declare const hasRabbitMq: () => boolean

/** A broker that is not started yet. */
export declare const createRabbitMq: () => Promise<RabbitMq>
