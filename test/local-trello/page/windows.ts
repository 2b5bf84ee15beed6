import { type Alerts, createAlerts } from './alerts.ts'
import type { Frames } from './host/frames.ts'
import { createModals, type Modals } from './modals.ts'
import { createPopups, type Popups } from './popups.ts'

/** Everything that opens above the board. */
export type Windows = Popups & Modals & Alerts

export function createWindows(frames: () => Frames): Windows {
  return { ...createPopups(frames), ...createModals(frames), ...createAlerts() }
}
