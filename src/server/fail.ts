// How a command ends that cannot do its work: what is wrong on stderr, exit code 1.

/** @param message may have several lines */
export const fail = (message: string): never => {
  for (const line of message.split('\n')) process.stderr.write(`tintype: ${line}\n`)
  process.exit(1)
}
