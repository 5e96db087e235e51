// Errors of the command line and of a server that cannot start: lines on stderr, exit code 1.

/** @param message one or several lines */
export const printError = (message: string): void => {
  for (const line of message.split('\n')) process.stderr.write(`tintype: ${line}\n`)
}

export const fail = (message: string): never => {
  printError(message)
  process.exit(1)
}
