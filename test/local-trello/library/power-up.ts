import { Client } from './client.ts'
import { answerWith, channel, request } from './envelope.ts'
import { NotHandled, record } from './errors.ts'
import { handleCallback } from './functions.ts'
import { startTheme } from './theme.ts'
import { loadWords } from './words.ts'

/** A stand-in for the part of Trello's library that is used, written from a description of the protocol alone. */

type Options = Record<string, unknown>
type Handlers = Record<string, (t: Client, options: Options) => unknown>

let begun = false

function begin(options: Options): void {
  const { targetOrigin } = options
  if (typeof targetOrigin === 'string') channel.target = targetOrigin
  if (begun) console.warn('A page begins once, as a connector or as a frame.')
  begun = true
}

/** Answers what the page asks: a function that it was given, or a capability. */
function serveWith(handlers: Handlers): void {
  answerWith(async (command, args) => {
    const all = args.map(record)
    const options = all[0] ?? {}
    const t = new Client(all, record(options['context']))
    if (command === 'callback') return handleCallback(t, options)
    const handler = handlers[command]
    if (!handler) throw new NotHandled(command)
    return handler(t, options)
  })
}

/** The connector: says what it handles, is told the secret, and says that it is ready once it has its words. */
async function shakeHands(handlers: Handlers, options: Options): Promise<void> {
  const told = record(await request('initialize', [[...Object.keys(handlers), 'callback']]))
  channel.secret = String(told['secret'])
  channel.locale = String(told['locale'])
  Object.assign(window, { locale: channel.locale })
  await loadWords(options, channel.locale)
  await request('ready', [])
}

/** What the address of a frame says, put there by whoever opened it. */
function readAddress(): Options {
  try {
    return record(JSON.parse(decodeURIComponent(location.hash.slice(1))))
  } catch {
    console.warn('This page was not opened by a Power-Up: nothing that it asks will be answered.')
    return {}
  }
}

Object.assign(window, {
  TrelloPowerUp: {
    version: 'stand-in',
    Promise,
    initialize(handlers: Handlers, options: Options = {}): void {
      if (begun) {
        console.warn('A second initialize does nothing.')
        return
      }
      begin(options)
      serveWith(handlers)
      shakeHands(handlers, options).catch((error: unknown) => console.error(error))
    },
    iframe(options: Options = {}): Client {
      begin(options)
      const { secret, context, locale, args } = readAddress()
      if (typeof secret === 'string') channel.secret = secret
      if (typeof locale === 'string') channel.locale = locale
      serveWith({})
      void loadWords(options, channel.locale).catch((error: unknown) => console.error(error))
      const own = record(context)
      startTheme(own['initialTheme'] === 'dark' ? 'dark' : 'light', options['useADSTokens'] !== false)
      return new Client([], own, record(args))
    },
  },
})
