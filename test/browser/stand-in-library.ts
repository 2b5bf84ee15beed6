/** What the stand-in page remembers, for tests to look at and to change. */
export interface Stage {
  signedOut: boolean
  context: { board: string; card?: string; member: string; initialTheme: 'light' | 'dark' }
  args: Record<string, string>
  kept: Record<string, unknown>
  opened: { name: string; subject: string }[]
  closed: number
  alerts: string[]
}

declare global {
  interface Window {
    stage: Stage
  }
}

/**
 * The part of Trello's library that a framed page uses, without a host: one page can then be put into any state. It is
 * sent to the browser as text, so that it may use nothing from outside itself.
 */
function library(): void {
  const asked = new URLSearchParams(location.search)
  const theme = asked.get('theme') === 'dark' ? 'dark' : 'light'
  const card = asked.get('card') ?? ''
  const stage: Stage = {
    signedOut: false,
    context: { board: 'b'.repeat(24), member: asked.get('member') ?? 'm', initialTheme: theme, ...(card && { card }) },
    args: Object.fromEntries(asked),
    kept: {},
    opened: [],
    closed: 0,
    alerts: [],
  }
  const t = {
    getContext: () => stage.context,
    arg: (name: string) => stage.args[name],
    isMemberSignedIn: () => !stage.signedOut,
    jwt: async () => {
      if (stage.signedOut) throw new Error('not signed in')
      return 'a-token-of-the-stand-in'
    },
    get: async (_scope: string, _visibility: string, key: string) => stage.kept[key],
    set: async (_scope: string, _visibility: string, key: string, value: unknown) => {
      stage.kept[key] = value
    },
    signUrl: (url: string) => url,
    modal: async (options: { args?: { name?: string; subject?: string } }) => {
      stage.opened.push({ name: options.args?.name ?? '', subject: options.args?.subject ?? '' })
    },
    updateModal: async () => {},
    closeModal: async () => {
      stage.closed += 1
    },
    alert: async ({ message }: { message: string }) => {
      stage.alerts.push(message)
    },
    sizeTo: async () => {},
    render: () => {},
  }
  Object.assign(window, { stage, TrelloPowerUp: { initialize: () => {}, iframe: () => t } })
}

export const libraryText = `(${library.toString()})()`
