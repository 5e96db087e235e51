// Types of photo.mjs.

export interface PhotoOptions {
  /** In pixels. */
  width: number
  height: number
  /** Another seed is another picture. @default 1 */
  seed?: number
}

/** RGB, 8 bit. */
export declare const photoPixels: (options: PhotoOptions) => Promise<Buffer>

/** Numbers from 0 to below 1, the same for a seed on every machine. */
export declare const randomFrom: (seed: number) => () => number

/** A JPEG file, 4:2:0. @param options.quality 1 to 100. @default 90 */
export declare const photo: (options: PhotoOptions & { quality?: number }) => Promise<Buffer>
