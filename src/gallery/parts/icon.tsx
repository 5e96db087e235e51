// Icons that every view needs: strokes in the colour of the text, hidden from screen readers.

const PATHS = {
  add: 'M12 5v14M5 12h14',
  close: 'M6 6l12 12M18 6L6 18',
  folder: 'M3 7a2 2 0 012-2h4l2 2h8a2 2 0 012 2v8a2 2 0 01-2 2H5a2 2 0 01-2-2z',
  lock: 'M7 11V8a5 5 0 0110 0v3M6 11h12v9H6z',
  search: 'M11 4a7 7 0 100 14 7 7 0 000-14zM16 16l5 5',
  user: 'M12 4a4 4 0 100 8 4 4 0 000-8zM4.500 20c1-4 4-5.500 7.500-5.500s6.500 1.500 7.500 5.500',
} as const

export const Icon = ({ name }: { name: keyof typeof PATHS }) => <Stroke path={PATHS[name]} />

export const Stroke = ({ path }: { path: string }) => (
  <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
    <path d={path} />
  </svg>
)
