// The one line in which each fault says what was done.

export const say = (line: string): void => {
  process.stdout.write(`  ${line}\n`)
}
