import { resolve } from 'node:path'
import { createAdapters } from '../../server/adapters.ts'
import { systemClock } from '../../server/clock.ts'
import { readConfig } from '../../server/config.ts'
import { type InstallationFile, readInstallation } from '../../server/installation.ts'
import type { Installation } from '../../server/rules/types.ts'

/** A whole environment of a server for real, and what is connected by it. */

export const exampleInstallation = resolve(import.meta.dirname, '../../server/installation.example.yaml')

/** @param folder where the log's heads would be */
export function configWith(folder: string, more: Record<string, string>) {
  return readConfig({ ...wholeEnvironment(folder), ...more }, '24.0.0')
}

export function wholeEnvironment(folder: string): Record<string, string> {
  return {
    PUBLIC_ORIGIN: 'https://access.example.gov.uk',
    DATABASE_URL: 'postgres://access@db.example.gov.uk/access',
    TRELLO_POWER_UP_ID: 'a'.repeat(24),
    TRELLO_API_KEY: 'example-api-key-0123',
    TRELLO_APP_SECRET: 'example-app-secret-0123',
    TRELLO_TOKEN: 'example-token-0123456',
    KEEPERS: 'b'.repeat(24),
    EMAIL_DOMAINS: 'example.gov.uk',
    INSTALLATION_FILE: exampleInstallation,
    LOG_HEAD_FILE: resolve(folder, 'heads.jsonl'),
  }
}

export function connectedWith(
  folder: string,
  more: Record<string, string>,
  named: Partial<InstallationFile> & Partial<Pick<Installation, 'targets'>> = {},
) {
  const { installation, awsRead } = readInstallation(exampleInstallation)
  const { targets } = installation
  return createAdapters(configWith(folder, more), systemClock, {
    targets,
    awsRead,
    told: { of: async () => null, all: async () => new Map() },
    exports: { of: async () => null, all: async () => null, any: async () => false },
    ...named,
  }).adapters
}
