/** Named places at which tests may stop the world. Inert unless a test sets the hook. */
export type FaultPoint = 'after-claim' | 'after-intent' | 'after-apply' | 'before-outcome' | 'after-outcome'

let hook: ((point: FaultPoint) => void | Promise<void>) | null = null

export function setFaultHook(next: typeof hook): void {
  hook = next
}

export async function faultPoint(point: FaultPoint): Promise<void> {
  await hook?.(point)
}
