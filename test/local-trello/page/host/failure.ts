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
