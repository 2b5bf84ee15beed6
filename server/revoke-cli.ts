import { parseArgs } from 'node:util'
import { append } from './audit/append.ts'
import { systemClock } from './clock.ts'
import { composeOffice } from './compose-office.ts'
import { readConfig } from './config.ts'
import { DirectoryTaken } from './db/owner-lock.ts'
import { canBeHastened } from './grants/for-cause.ts'
import { CommandRefused, checkCommand, planOfCommand, revokeByCommand } from './grants/revoke-by-command.ts'
import { byHandWords, type WholeRevocation } from './grants/revoke-person.ts'
import { createLog } from './log.ts'

/**
 * `npm run revoke -- --person WHO --operator NAME --reason TEXT [--yes]` revokes everything of one person, for cause, when
 * Trello is down. Without `--yes` it shows what would go. Exit code 0: opened and logged. 1: nothing was revoked. 2: it
 * could not be tried.
 */
async function main(): Promise<string> {
  const { values } = parseArgs({
    options: {
      person: { type: 'string', default: '' },
      operator: { type: 'string', default: '' },
      reason: { type: 'string', default: '' },
      yes: { type: 'boolean', default: false },
    },
  })
  const config = readConfig(process.env)
  const { unexpected } = createLog(config.logLevel)
  const { db, office, adapters } = await composeOffice(config, systemClock, unexpected, 'as-it-is')
  try {
    const parts = {
      db,
      office,
      adapters,
      append: (tx: Parameters<typeof append>[0], events: Parameters<typeof append>[1]) =>
        append(tx, events, systemClock),
    }
    const commanded = await checkCommand(parts, values)
    const whole = await planOfCommand(parts, commanded)
    console.log(planWords(whole, commanded.person.fullName).join('\n'))
    if (!values.yes)
      throw new CommandRefused('Nothing was revoked. Look at this, then run the same again with --yes at its end.')
    const { told } = await revokeByCommand(parts, commanded)
    const alone = told ? '' : ' No card of theirs can be commented on: tell a second person yourself.'
    const next =
      db.engine === 'postgres' ? 'The running server carries it out now.' : 'Start the server: it carries it out.'
    return `Revoking, and logged with ${commanded.operator.fullName}. Somebody else reviews it after.${alone} ${next}`
  } finally {
    await db.close()
  }
}

function planWords(whole: WholeRevocation, who: string): string[] {
  const { goes, unread, worlds } = whole
  const hastened = canBeHastened(worlds)
  return [
    ...(goes.length > 0 ? [`Of ${who}, this goes:`] : []),
    ...goes.map(({ plan }) => `  ${plan.systemName}: ${plan.words.undo}`),
    ...(hastened.length > 0
      ? [`Of ${who}, this is being revoked already, and waits for no other pull request now:`]
      : []),
    ...hastened.map(({ plan }) => `  ${plan.systemName}: ${plan.words.undo}`),
    ...(unread.length > 0 ? [`We could not look in ${unread.join(', ')} for what is not in our records.`] : []),
    ...byHandWords(whole),
  ]
}

function wordsFor(error: unknown): string {
  if (error instanceof DirectoryTaken)
    return 'Nothing was revoked: the server holds the embedded database. Stop the server, run this again, and start the server, which carries it out. With PostgreSQL, this works while it runs.'
  return error instanceof Error ? error.message : 'Nothing was revoked.'
}

try {
  console.log(await main())
} catch (error) {
  console.error(wordsFor(error))
  process.exitCode = error instanceof CommandRefused ? 1 : 2
}
