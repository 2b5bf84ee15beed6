import { createAdapters } from './adapters.ts'
import type { Clock } from './clock.ts'
import type { Config } from './config.ts'
import { type Database, openDatabase } from './db/database.ts'
import { exportedAll, exportedOf, hasExports } from './grants/exports.ts'
import { heldLevels, holdsLevelForTasks } from './grants/held-levels.ts'
import type { Adapters } from './grants/steps.ts'
import { toldAll, toldOf } from './grants/told.ts'
import { type InstallationFile, readInstallation } from './installation.ts'
import { pinnedRuleSets } from './requests/rule-sets.ts'
import type { Office } from './requests/world.ts'
import { checkInstallation } from './rules/installation-check.ts'
import type { RuleSet } from './rules/rule-set.ts'
import { listSystems, loadRuleSets, RuleSetNotInstalled } from './rules/rule-sets.ts'

/** What every way into the product needs, with or without Trello: rules, systems, database. */
export interface ComposedOffice {
  db: Database
  office: Office
  adapters: Adapters
  /** Finds people's accounts on GitHub. */
  github: ReturnType<typeof createAdapters>['github']
  /** Files beside the systems that say who has what. */
  peopleFiles: ReturnType<typeof createAdapters>['peopleFiles']
  /** The one in force. */
  ruleSet: RuleSet
  file: InstallationFile
}

/**
 * Builds it once. Whoever calls it closes the database.
 * @param how `as-it-is` leaves the database's tables as they are: for commands beside a server
 * @throws Error in a sentence when the rule set, the installation or the database is not right
 */
export async function composeOffice(
  config: Config,
  clock: Clock,
  report: (error: unknown) => void,
  how: 'up-to-date' | 'as-it-is' = 'up-to-date',
): Promise<ComposedOffice> {
  const ruleSets = loadRuleSets(config.ruleSetFolder)
  const installed = (id: string) => {
    const found = ruleSets.get(id)
    if (!found) throw new RuleSetNotInstalled(id)
    return found
  }
  const ruleSet = installed(config.ruleSet)
  const file = readInstallation(config.installationFile)
  const { installation, awsRead, peopleFiles: namedFiles } = file
  checkInstallation([ruleSet], installation)
  const { adapters, github, peopleFiles } = createAdapters(config, clock, {
    awsRead,
    peopleFiles: namedFiles,
    targets: installation.targets,
    listSystems: listSystems([...ruleSets.values()]),
    exports: {
      of: (system, account) => exportedOf(db.kysely, system, account),
      all: (system) => exportedAll(db.kysely, system),
      any: (system) => hasExports(db.kysely, system),
    },
    told: {
      of: (system, account) => toldOf(db.kysely, system, account),
      all: (system) => toldAll(db.kysely, system),
    },
  })
  const db = await openDatabase(config.database, how)
  try {
    checkInstallation([ruleSet, ...(await pinnedRuleSets(db.kysely, ruleSets))], installation)
  } catch (error) {
    await db.close()
    throw error
  }
  const office: Office = {
    clock,
    installation: {
      ...installation,
      connected: Object.fromEntries([...adapters].map(([id, { can }]) => [id, can])),
      reads: ({ system, ...what }) => adapters.get(system)?.reads?.({ ...what, direction: 'grant' }) ?? false,
      takesExport: (system) => adapters.get(system)?.takes !== undefined,
      ends: (system) => adapters.get(system)?.ends ?? false,
    },
    heldLevels,
    holdsAdmin: holdsLevelForTasks(ruleSet),
    report,
    ruleSet: (id) => (id === null ? ruleSet : installed(id)),
  }
  return { db, office, adapters, github, peopleFiles, ruleSet, file }
}
