// A round button with an icon, and its label for screen readers and as a hint.

import { ToolIcon, type ToolIconName } from './tool-icon.tsx'

export const Tool = ({ icon, label, onClick }: { icon: ToolIconName; label: string; onClick(): void }) => (
  <button type="button" class="quiet round" aria-label={label} title={label} onClick={onClick}>
    <ToolIcon name={icon} />
  </button>
)
