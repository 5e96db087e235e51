// Types of ports.mjs, which benchmarks run without a compiler.

export function freePort(): Promise<number>
export function isFree(port: number): Promise<boolean>
export function takesConnections(port: number): Promise<boolean>
