import { personSeconds } from '../browser/hands.ts'
import { engineerAsks, sponsorApproves, technicianSteps } from '../browser/journeys.ts'
import { openStage } from '../browser/stage.ts'

export interface Journey {
  name: string
  /** Of the whole walk, driven without a pause, its preparation included. */
  machineSeconds: number
  clicks: number
  keys: number
  words: number
  /** An estimate by the keystroke-level model and a common reading speed. */
  personSeconds: number
  budgetSeconds: number
}

const MINUTE = 60

/** The journeys with a budget, on the practice world in a real browser. */
export async function journeyFigures(): Promise<Journey[]> {
  const stage = await openStage()
  const journeys: Journey[] = []
  try {
    for (const { name, walk, budgetSeconds } of [
      { name: 'a sponsor approves Deploy', walk: sponsorApproves, budgetSeconds: 1 * MINUTE },
      { name: 'an engineer asks for Deploy', walk: engineerAsks, budgetSeconds: 3 * MINUTE },
      { name: 'a technician completes a step, cold', walk: technicianSteps, budgetSeconds: 5 * MINUTE },
    ]) {
      const began = performance.now()
      const tally = await walk(stage)
      const { clicks, keys, words } = tally
      const machineSeconds = (performance.now() - began) / 1_000
      journeys.push({ name, machineSeconds, clicks, keys, words, personSeconds: personSeconds(tally), budgetSeconds })
    }
  } finally {
    await stage.close()
  }
  return journeys
}
