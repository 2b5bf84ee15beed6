/** Named places at which tests may stop the world. Inert unless a test sets the hook. */
export const faultPoints = ['after-claim', 'after-intent', 'after-apply', 'before-outcome', 'after-outcome'] as const
export type FaultPoint = (typeof faultPoints)[number]

/** @param system whose step is at that point, such as `github` */
export type FaultHook = (point: FaultPoint, system: string) => void | Promise<void>

let hook: FaultHook | null = null

/** @throws Error in production: nothing that runs there may be stopped from inside */
export function setFaultHook(next: FaultHook | null): void {
  if (process.env['NODE_ENV'] === 'production') throw new Error('Fault points cannot be used in production.')
  hook = next
}

export async function faultPoint(point: FaultPoint, system: string): Promise<void> {
  await hook?.(point, system)
}
