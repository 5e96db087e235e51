// An empty element near the end of a list, which loads the next page when it comes near.

import { useEffect, useRef } from 'preact/hooks'

/** @param onNear called while it is near; again after each call that has added something */
export const Sentinel = ({ onNear, marker }: { onNear(): void; marker: unknown }) => {
  const element = useRef<HTMLDivElement>(null)
  // Observed anew for each marker, which reports the present state
  useEffect(() => {
    if (!element.current) return
    const observer = new IntersectionObserver(
      ([entry]) => {
        if (entry?.isIntersecting) onNear()
      },
      { rootMargin: '1500px 0px' },
    )
    observer.observe(element.current)
    return () => observer.disconnect()
  }, [marker])
  return <div ref={element} class="sentinel" />
}
