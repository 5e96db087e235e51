// Types of justified-layout, as far as the wall uses it.

declare module 'justified-layout' {
  interface Options {
    containerWidth: number
    containerPadding: number
    boxSpacing: number
    targetRowHeight: number
    targetRowHeightTolerance: number
    showWidows: boolean
    widowLayoutStyle: 'left' | 'center'
  }

  interface Box {
    top: number
    left: number
    width: number
    height: number
  }

  /** @param shapes width by height of each box */
  const justify: (shapes: readonly number[], options: Options) => { containerHeight: number; boxes: Box[] }

  export = justify
}
