import { field, textField } from './dom.ts'
import { HostFailure } from './host/failure.ts'
import type { Frames } from './host/frames.ts'

/** The frame of a window, with the height that the Power-Up asked for. */
export function windowFrame(frames: Frames, content: unknown, title: string, height: number): HTMLIFrameElement {
  const url = textField(content, 'url')
  if (!/^https?:/.test(url)) throw new HostFailure('error', 'a window needs an http(s) address')
  const frame = frames.open(url, title || 'Power-Up window')
  setFrameHeight(frame, Number(field(content, 'height') ?? height))
  return frame
}

const HIGHEST = 1500

/** The height in pixels that a frame asks for. What stands around it may give it another. */
export function setFrameHeight(frame: HTMLIFrameElement, height: number): void {
  frame.style.setProperty('--frame-height', `${Math.min(HIGHEST, height)}px`)
}
