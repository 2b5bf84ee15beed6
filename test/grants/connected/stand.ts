import type { Direction } from '../../../server/grants/system.ts'
import type { StepRow } from '../../../server/requests/act.ts'
import type { Covers } from '../../systems/covers.ts'
import type { Looked } from '../granted.ts'
import type { TestOffice } from '../office.ts'

/** What stands outside in place of a system, and how it gets into trouble. */

export const troubles = ['down', 'throttled', 'lying', 'half-done'] as const
export type TroubleName = (typeof troubles)[number]

/** One trouble, in one direction of one request. */
export interface Trouble {
  /** The system is well again. What waits for one call still waits. */
  end(): void
  /** How often somebody has met it: a call, or a person who looked. */
  met(): number
  /** How much of it nobody has met yet. */
  left(): number
}

export const priya = 'priya.shah@example.gov.uk'

export interface Stand {
  begin(which: TroubleName, direction: Direction): Trouble
  /** What goes on by itself between looks: something is applied, somebody accepts. */
  goesOn?(): void | Promise<void>
  /** What a person clicks before they say that a step is done. */
  byHand?(step: StepRow): void | Promise<void>
  /** What a second person does who is asked to look; `null` for what is not this system's. */
  looks?(step: StepRow): Looked | null | Promise<Looked | null>
  /**
   * Whether what a step gives is there, as the system itself knows: the whole of it for a grant, anything of it for a
   * revocation. `null` for what is not this system's.
   */
  isThere(step: StepRow): boolean | null
  /** What was changed there by us, from its own history: what was carried out, and nothing that was refused. */
  changes(): string[]
  close(): Promise<void>
}

export interface Connected {
  system: Covers['system']
  /** Requests in which it has steps of its own. */
  levels: string[]
  /** Troubles that it cannot have, and why. */
  cannot?: Partial<Record<TroubleName, string>>
  start(it: TestOffice): Promise<Stand>
}

interface SwitchBoard<Fault extends string> {
  down: boolean
  throttled: boolean
  next(fault: Fault | 'lost-answer', where?: string): void
  during(fault: Fault | 'somebody-else', where?: string): () => void
  left(): number
  met(): number
}

/** @param where where its answers are about somebody else, and where one is lost after the change, by direction */
export function troublesOf<Fault extends string>(
  faults: SwitchBoard<Fault>,
  where: { reads: string; writes: Record<Direction, string[]> },
): Stand['begin'] {
  return (which, direction) => {
    const before = faults.met()
    let wellAgain = () => {}
    if (which === 'down') faults.down = true
    if (which === 'throttled') faults.throttled = true
    if (which === 'lying') wellAgain = faults.during('somebody-else', where.reads)
    if (which === 'half-done') for (const write of where.writes[direction]) faults.next('lost-answer', write)
    return {
      end() {
        faults.down = false
        faults.throttled = false
        wellAgain()
      },
      met: () => faults.met() - before,
      left: () => faults.left(),
    }
  }
}

/** What changed, of calls as a stand-in has them. */
export function changing(calls: { method: string; path: string; status: number }[]): string[] {
  return calls
    .filter(({ method, status }) => method !== 'GET' && status < 300)
    .map(({ method, path }) => `${method} ${path}`)
}

/** What is done by people's hands in a trouble of their own making: half, or with a file that tells nothing. */
export function troubleOfPeople(): { which: TroubleName | null; begin: Stand['begin']; meet(): void } {
  const me = {
    which: null as TroubleName | null,
    begin(which: TroubleName): Trouble {
      let count = 0
      me.which = which
      me.meet = () => {
        count += 1
      }
      return {
        end() {
          me.which = null
        },
        met: () => count,
        left: () => 0,
      }
    },
    meet: () => {},
  }
  return me
}
