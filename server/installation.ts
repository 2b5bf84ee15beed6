import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import { z } from 'zod'
import type { Installation } from './rules/types.ts'
import type { AwsReadConfig } from './systems/aws/reading.ts'
import type { PeopleFileConfig } from './systems/repository-lists/people-file.ts'
import { type ChecklistMap, defaultChecklistMap, normalise } from './trello/checklist-map.ts'

/** What one installation chose: methods, the real names behind symbolic targets, checklists. A file, read once at start. */

const meaning = z.discriminatedUnion('is', [
  z.strictObject({ is: z.literal('claim') }),
  z.strictObject({ is: z.literal('step'), grants: z.array(z.string()) }),
  z.strictObject({ is: z.literal('reading') }),
])

const roleArn = z.string().regex(/^arn:aws:iam::\d{12}:role\/[\w+=,.@/-]+$/, 'the ARN of an IAM role')
const roleNames = z.array(z.string().includes('{local}', { error: 'use {local} for what stands before the @' })).min(1)

/** How AWS is read: a role for each account, and the names of the roles that the lists make there for somebody. */
const awsRead = z.strictObject({
  base: roleArn,
  groupsAs: roleArn.optional(),
  environments: z.record(
    z.string(),
    z.strictObject({
      readAs: roleArn,
      userRoles: roleNames.default(['{local}-user']),
      adminRoles: roleNames.default(['{local}-admin']),
      /** By a grant's value, where another list than those two makes the roles. */
      roles: z.record(z.string(), roleNames).optional(),
    }),
  ),
})

/** A file of people that other tools go by: where it is, how its people are known, and what it says that they have. */
const peopleFile = z.strictObject({
  name: z.string().min(1),
  repository: z.string().regex(/^[^/]+\/[^/]+$/, 'owner/name'),
  branch: z.string().default('main'),
  path: z.string().min(1),
  account: z.enum(['github', 'aws', 'email']),
  /** The field of an entry with that account; left out where entries are names alone. */
  key: z.string().optional(),
  /** Lists whose people have a level, or a grant in an environment. */
  lists: z.record(z.string(), z.string()).default({}),
  /** One list of people whose fields say what they have, value by value. */
  people: z.string().optional(),
  fields: z.record(z.string(), z.record(z.string(), z.string())).default({}),
})

const fileSchema = z.strictObject({
  methods: z.record(z.string(), z.enum(['api', 'pull-request', 'task', 'follows'])).default({}),
  targets: z.record(z.string(), z.record(z.string(), z.string())),
  ownedByTerraform: z.array(z.string()).default([]),
  templates: z.record(z.string(), z.string().regex(/^\w{8}$/, 'the card’s short link, 8 characters')).default({}),
  removals: z
    .strictObject({
      share: z.number().min(0).max(1).default(0.2),
      number: z.number().int().min(1).default(10),
      items: z
        .strictObject({
          share: z.number().min(0).max(1).default(0.2),
          number: z.number().int().min(1).default(100),
        })
        .prefault({}),
    })
    .prefault({}),
  reviews: z
    .strictObject({
      owner: z.enum(['tech-lead', 'senior-tech', 'keeper']).default('tech-lead'),
      escalateAfterWorkingDays: z.number().int().min(1).max(20).default(2),
    })
    .prefault({}),
  requests: z.strictObject({ quietDays: z.number().int().min(7).max(365).default(42) }).prefault({}),
  exports: z
    .strictObject({
      owner: z.enum(['second-line', 'senior-tech', 'keeper', 'nobody']).default('second-line'),
      everyDays: z.number().int().min(1).max(90).default(7),
    })
    .prefault({}),
  /** The account in which IAM users are; ARNs are made with it from user names. */
  awsBaseAccount: z.string().regex(/^\d{12}$/, 'twelve digits'),
  awsRead: awsRead.optional(),
  peopleFiles: z
    .record(z.string().regex(/^[a-z][a-z0-9-]{1,39}$/, 'small letters and hyphens'), peopleFile)
    .default({}),
  /** Accounts of machines in any system, by name: they belong to nobody in the register and are right. */
  machines: z.array(z.string().min(1)).default([]),
  checklists: z.record(z.string(), z.record(z.string(), meaning)).optional(),
})

export interface InstallationFile {
  installation: Installation
  awsBaseAccount: string
  /** `null` = AWS is not read here. */
  awsRead: AwsReadConfig | null
  /** Machine accounts, by name. */
  machines: string[]
  peopleFiles: PeopleFileConfig[]
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
  const {
    methods,
    targets,
    ownedByTerraform,
    templates,
    reviews,
    exports,
    removals,
    awsBaseAccount,
    awsRead: given,
    checklists,
  } = read.data
  if (given && given.base.split(':')[4] !== awsBaseAccount)
    throw new Error(
      `INSTALLATION_FILE: ${path} is not right:\n  awsRead.base: use a role in the account awsBaseAccount`,
    )
  if (given?.groupsAs && given.groupsAs.split(':')[4] !== awsBaseAccount)
    throw new Error(
      `INSTALLATION_FILE: ${path} is not right:\n  awsRead.groupsAs: use a role in the account awsBaseAccount, which holds the users`,
    )
  return {
    installation: { methods, targets, ownedByTerraform, templates, reviews, exports, removals },
    awsBaseAccount,
    awsRead: given ?? null,
    machines: read.data.machines,
    peopleFiles: Object.entries(read.data.peopleFiles).map(([id, one]) => ({ id, ...one })),
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
