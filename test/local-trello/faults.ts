/** Trello's failings, switched on when a test or somebody who practises wants them. All are off at first. */
export interface Faults {
  /** The REST address does not answer at all. */
  restDown: boolean
  /** Every call is told to slow down, in JSON and without saying for how long. */
  rest429: boolean
  /** Every call fails with a plain text, as Trello's errors often come. */
  restPlainTextError: { status: number; text: string } | null
  slowRestMs: number
  /** Calls allowed in 10 seconds for one token. */
  restLimit: number
  /** The address of the signing keys answers 503. */
  keysDown: boolean
  dropWebhooks: boolean
  duplicateWebhooks: boolean
  /** Deliveries that are under way together arrive in the wrong order. */
  shuffleWebhooks: boolean
  delayWebhooksMs: number
}

const CALLS_PER_TEN_SECONDS = 100

export function noFaults(): Faults {
  return {
    restDown: false,
    rest429: false,
    restPlainTextError: null,
    slowRestMs: 0,
    restLimit: CALLS_PER_TEN_SECONDS,
    keysDown: false,
    dropWebhooks: false,
    duplicateWebhooks: false,
    shuffleWebhooks: false,
    delayWebhooksMs: 0,
  }
}
