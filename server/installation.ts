import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import { z } from 'zod'
import type { Installation } from './rules/types.ts'
import { type ChecklistMap, defaultChecklistMap, normalise } from './trello/checklist-map.ts'

/** What one installation chose: methods, the real names behind symbolic targets, checklists. A file, read once at start. */

const meaning = z.discriminatedUnion('is', [
  z.strictObject({ is: z.literal('claim') }),
  z.strictObject({ is: z.literal('step'), grants: z.array(z.string()) }),
  z.strictObject({ is: z.literal('reading') }),
])

const fileSchema = z.strictObject({
  methods: z.record(z.string(), z.enum(['api', 'pull-request', 'task', 'follows'])).default({}),
  targets: z.record(z.string(), z.record(z.string(), z.string())),
  ownedByTerraform: z.array(z.string()).default([]),
  /** The account in which IAM users are; ARNs are made with it from user names. */
  awsBaseAccount: z.string().regex(/^\d{12}$/, 'twelve digits'),
  checklists: z.record(z.string(), z.record(z.string(), meaning)).optional(),
})

export interface InstallationFile {
  installation: Installation
  awsBaseAccount: string
  checklistMap: ChecklistMap
}

/** Reads the installation file. @throws Error that names the file and what is wrong in it */
export function readInstallation(path: string): InstallationFile {
  let content: unknown
  try {
    content = parse(readFileSync(path, 'utf8'))
  } catch {
    throw new Error(`INSTALLATION_FILE: we cannot read ${path} as YAML.`)
  }
  const read = fileSchema.safeParse(content)
  if (!read.success)
    throw new Error(
      [
        `INSTALLATION_FILE: ${path} is not right:`,
        ...read.error.issues.map((issue) => `  ${issue.path.join('.')}: ${issue.message}`),
      ].join('\n'),
    )
  const { methods, targets, ownedByTerraform, awsBaseAccount, checklists } = read.data
  return {
    installation: { methods, targets, ownedByTerraform },
    awsBaseAccount,
    checklistMap: checklists ? { checklists: normalised(checklists) } : defaultChecklistMap,
  }
}

function normalised(checklists: ChecklistMap['checklists']): ChecklistMap['checklists'] {
  return Object.fromEntries(
    Object.entries(checklists).map(([name, items]) => [
      name,
      Object.fromEntries(Object.entries(items).map(([text, one]) => [normalise(text), one])),
    ]),
  )
}
