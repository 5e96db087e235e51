// Icons of projects and uploads, which the wall of projects does not load.

import { Stroke } from './icon.tsx'

const PATHS = {
  alert: 'M12 3a9 9 0 100 18 9 9 0 000-18zM12 7.500v5.500M12 16.500v.1',
  back: 'M15 5l-7 7 7 7',
  check: 'M5 12.500l4.500 4.500L19 7.500',
  close: 'M6 6l12 12M18 6L6 18',
  code: 'M8 7l-5 5 5 5M16 7l5 5-5 5',
  download: 'M12 4v11M7 11l5 5 5-5M5 20h14',
  edit: 'M4 20l1-4L16 5l3 3L8 19z',
  grid: 'M4 4h7v7H4zM13 4h7v7h-7zM4 13h7v7H4zM13 13h7v7h-7z',
  next: 'M9 5l7 7-7 7',
  people:
    'M9 5a3.500 3.500 0 100 7 3.500 3.500 0 000-7zM2.500 19.500c.8-3.500 3.300-5 6.500-5s5.700 1.500 6.500 5M15.500 5.300a3.500 3.500 0 010 6.400M18 14.800c1.900.7 3 2.200 3.500 4.700',
  search: 'M11 4a7 7 0 100 14 7 7 0 000-14zM16 16l5 5',
  settings: 'M4 7h10M18 7h2M4 17h2M10 17h10M16 5v4M8 15v4',
  share: 'M12 15V3M8 7l4-4 4 4M5 12v8h14v-8',
  star: 'M12 4l2.500 5.200 5.700.8-4.100 4 1 5.700L12 17l-5.100 2.700 1-5.700-4.100-4 5.700-.8z',
  trash: 'M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13',
  upload: 'M12 16V4M7 9l5-5 5 5M5 20h14',
} as const

export type ToolIconName = keyof typeof PATHS

export const ToolIcon = ({ name }: { name: ToolIconName }) => <Stroke path={PATHS[name]} />
