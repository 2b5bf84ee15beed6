import { type FailureKind, SystemFailure } from '../../grants/system.ts'

/**
 * What a system refused. Its own words are kept for our decisions, behind a getter so that no log prints them: they may
 * repeat addresses of people.
 */
export class HttpFailure extends SystemFailure {
  override name = 'HttpFailure'
  readonly status: number | null
  readonly #said: string
  constructor(
    kind: FailureKind,
    texts: { message: string; remedy: string },
    answer: { status: number; said: string } | null = null,
    retryAfterMs: number | null = null,
  ) {
    super(kind, texts.message, texts.remedy, retryAfterMs)
    this.status = answer?.status ?? null
    this.#said = answer?.said ?? ''
  }
  get said(): string {
    return this.#said
  }
}

/** Nothing came in time. Asking once more would take as long again, so it is left to whoever asked. */
export class LateAnswer extends HttpFailure {
  override name = 'LateAnswer'
}

/** The failures that every system has, with its name in the words. */
export function failuresOf(name: string) {
  const again = `This is tried again. If it stays, look at ${name}’s status page.`
  const look = 'Look at the attempts, or let people do it by hand.'
  const failure =
    (kind: FailureKind, message: string, remedy: string) => (answer: { status: number; said: string } | null) =>
      new HttpFailure(kind, { message, remedy }, answer)
  const unreached = failure('transient', `${name} could not be reached.`, again)
  return {
    unreached: () => unreached(null),
    late: () => new LateAnswer('transient', { message: `${name} did not answer in time.`, remedy: again }),
    cutOff: () => failure('transient', `${name}’s answer was cut off.`, again)(null),
    notUnderstood: () => failure('invalid', `We do not understand what ${name} answered.`, look)(null),
    refusedAnswer: () =>
      failure(
        'invalid',
        `${name}’s answer was refused: it leads elsewhere, or is larger than any that we expect.`,
        `Whoever runs this server checks the address of ${name}, then tries again.`,
      )(null),
    aboutSomebodyElse: () =>
      failure(
        'invalid',
        `${name} answered about somebody or something else.`,
        'Look at the attempts. Nothing was changed after that answer.',
      )(null),
    slowDown: (answer: { status: number; said: string } | null, retryAfterMs: number | null) =>
      new HttpFailure(
        'throttled',
        { message: `${name} asks us to slow down.`, remedy: 'This is tried again by itself.' },
        answer,
        retryAfterMs,
      ),
    resting: (kind: 'transient' | 'unauthorised', times: number, waitMs: number) =>
      new HttpFailure(
        kind,
        kind === 'unauthorised'
          ? {
              message: `${name} refused our credentials ${times} times, so it is not asked for a moment.`,
              remedy: `Whoever runs this server renews the ${name} credentials, then tries again.`,
            }
          : { message: `${name} did not answer ${times} times, so it is not asked for a moment.`, remedy: again },
        null,
        waitMs,
      ),
    /** @param retryAfterMs what it said itself, in milliseconds */
    byStatus(answer: { status: number; said: string }, retryAfterMs: number | null): HttpFailure {
      const { status } = answer
      if (status === 401)
        return failure(
          'unauthorised',
          `${name} does not accept our credentials.`,
          `Whoever runs this server renews the ${name} credentials, then tries again.`,
        )(answer)
      if (status === 403)
        return failure(
          'forbidden',
          `${name} does not let us do this.`,
          `Whoever runs this server gives our credentials in ${name} what they lack, then tries again.`,
        )(answer)
      if (status === 409)
        return failure(
          'conflict',
          `${name} says that something changed meanwhile.`,
          'This is read again by itself.',
        )(answer)
      // A system that gave up waiting for us, or was asked too early, has not looked at what we sent.
      if (status >= 500 || status === 408 || status === 425)
        return new HttpFailure(
          'transient',
          { message: `${name} answered ${status}.`, remedy: again },
          answer,
          retryAfterMs,
        )
      return failure('invalid', `${name} refused what we sent.`, look)(answer)
    },
  }
}

export type Failures = ReturnType<typeof failuresOf>
