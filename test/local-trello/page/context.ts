import { isAdmin, mayEdit, state } from './state.ts'

/** The context that goes with every call. */
export function contextOf(more: Record<string, unknown>): Record<string, unknown> {
  const { board, powerUp } = state.data
  const write = mayEdit() ? 'write' : 'read'
  const permissions = { board: write, organization: write, ...('card' in more ? { card: write } : {}) }
  return {
    version: 'build-1',
    locale: 'en-GB',
    member: state.viewer === '' ? 'notLoggedIn' : state.viewer,
    board: board.id,
    organization: board.idOrganization,
    permissions,
    theme: null,
    initialTheme: state.theme,
    plugin: powerUp.id,
    ...more,
  }
}

/** Whom a button is for. Without a condition, those who may edit. */
export function meets(condition: unknown): boolean {
  switch (condition ?? 'edit') {
    case 'always':
      return true
    case 'admin':
      return isAdmin()
    case 'edit':
      return mayEdit()
    case 'readOnly':
      return !mayEdit()
    case 'signedIn':
      return state.viewer !== ''
    case 'signedOut':
      return state.viewer === ''
    default:
      return false
  }
}
