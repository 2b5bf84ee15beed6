/** A failure that crosses the frame. Its code is one of those that Trello's library knows, or any other. */
export class HostFailure extends Error {
  readonly code: string
  constructor(
    code: 'invalid context' | 'not handled' | 'unsupported command' | 'plugin disabled' | 'late' | 'gone' | 'error',
    message: string,
  ) {
    super(message)
    this.name = 'HostFailure'
    this.code = code
  }
}

/** The card went away under the Power-Up: somebody else's doing, so the run does not fail. */
export class MissingCard extends HostFailure {
  constructor() {
    super('invalid context', 'missing card')
  }
}
