// Types of the parts of maxrects-packer that are used. Its main module is a script for browsers, which exports nothing in
// Node, and its own types cannot be resolved by modules.

declare module 'maxrects-packer/dist/maxrects-packer.mjs' {
  export class Rectangle {
    constructor(width?: number, height?: number, x?: number, y?: number)
    x: number
    y: number
    width: number
    height: number
  }

  export class MaxRectsBin {
    constructor(width: number, height: number, padding: number, options: Record<'smart' | 'pot' | 'square', boolean>)
    freeRects: Rectangle[]
    add(width: number, height: number, data: undefined): Rectangle | undefined
  }
}
