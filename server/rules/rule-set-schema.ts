import { z } from 'zod'

/** The shape of a rule set's file. Strict, so that a slip of the pen is refused and not ignored. */

const sentence = z
  .string({ error: 'give the sentence of the page that this comes from' })
  .min(1, 'give the sentence of the page that this comes from')
/** Under which heading of the page the sentence stands: with the page's address, its link. */
const section = z
  .string({ error: 'give the heading of the page under which the sentence stands, as in its link' })
  .regex(/^[a-z0-9-]+$/, 'use the heading as in its link: small letters, digits and hyphens')
const source = { sentence, section }
const link = z.strictObject({ text: z.string().min(1), url: z.string().min(1) })
const id = z.string().regex(/^[A-Za-z0-9-]+$/, 'use letters, digits and hyphens')
const oneOf = <const T extends string[]>(...values: T) => z.enum(values, { error: `use one of ${values.join(', ')}` })
const text = z.string().min(1)

const level = z.strictObject({
  name: text,
  ...source,
  includes: z.array(id),
  /** Where the page does not say that a level includes another: our reading, and the evidence for it. */
  includesReading: z.strictObject({ reading: text, evidence: z.array(z.url()).min(1) }).optional(),
  /** Left out where the rules name no card of their own: each installation then names its own. */
  template: z
    .string()
    .regex(/^\w{8}$/, 'use the template card’s short link, 8 characters')
    .optional(),
  templateSource: z.strictObject(source),
  sponsors: z
    .array(
      z.discriminatedUnion(
        'relation',
        [
          z.strictObject({ relation: z.literal('tech-lead'), employment: oneOf('civil-servant', 'any') }),
          z.strictObject({ relation: z.literal('senior-tech') }),
        ],
        { error: 'use one of the relations tech-lead, senior-tech' },
      ),
    )
    .min(1, 'name at least one relation that may sponsor'),
  sponsorsSource: z.strictObject(source),
  conditions: z.array(id),
  /** Whoever holds this level, or one that includes it, may carry out the tasks of others. */
  holdersMayDoTasks: z.boolean().default(false),
  willNotChange: z.array(text).default([]),
  worthKnowing: z.array(text).default([]),
})

const conditionBase = { label: text, confirm: text, ...source, guidance: link.optional() }
const condition = z.discriminatedUnion(
  'kind',
  [
    z.strictObject({
      kind: z.literal('register'),
      fact: oneOf('clearance', 'probation'),
      /** What happens where the register says nothing. */
      whenSilent: oneOf('approver-records', 'unknown'),
      notApplicableTo: oneOf('contractor').optional(),
      confidential: z.boolean(),
      ...conditionBase,
    }),
    z.strictObject({ kind: z.literal('attestation'), ...conditionBase }),
    z.strictObject({
      kind: z.literal('review'),
      objectives: z.record(id, z.strictObject({ label: text, ...source, guidance: link.optional() })),
      ...conditionBase,
    }),
  ],
  { error: 'use one of the kinds register, attestation, review' },
)

const click = z.strictObject({ text, copy: z.string().optional(), link: z.string().optional() })
const task = z.strictObject({
  doer: oneOf('second-line', 'senior-tech', 'sponsor'),
  before: z.string().optional(),
  clicks: z.array(click).min(1, 'give at least one click'),
  looksRight: text,
})

const method = oneOf('api', 'pull-request', 'task', 'follows')
const grantWords = {
  change: text,
  undo: text,
  verifiedBy: text,
  /** What nobody can see of it, however it is checked. */
  cannotSee: text.optional(),
}

const grant = z.strictObject({
  /** The level whose plan holds it; levels that include this one hold it too. */
  level: id,
  serves: z.array(id).min(1, 'name at least one entitlement'),
  environments: z.array(text).min(1).optional(),
  system: id,
  systemName: text,
  account: oneOf('github', 'aws', 'email'),
  /** A symbolic name; the installation gives it its real parameters. */
  target: text,
  value: text,
  params: z.record(z.string(), z.string()).default({}),
  /** Asks the engineer which applications; `appsIncluded` come with it in any case. */
  askApps: z.boolean().default(false),
  appsIncluded: z.array(text).default([]),
  methods: z.array(method).min(1, 'name at least one method'),
  /** A list that Terraform owns wherever this rule set is used: changed by pull request, never by `api`. */
  owner: oneOf('terraform').optional(),
  proof: oneOf('read-back', 'second-person', 'doer'),
  after: z.array(id).default([]),
  /** For `follows`: the target that it comes with. */
  follows: z.string().optional(),
  /** For `follows`: how it is taken in the system itself from somebody who has it and not what it comes with. */
  byHand: z.strictObject({ methods: z.array(oneOf('api', 'task')).min(1), undo: text, undoTask: task }).optional(),
  batch: id.optional(),
  /** A grant on the same target whose value contains this one's: one value per account, and the highest. */
  satisfiedBy: id.optional(),
  alsoAppearsIn: z.string().optional(),
  /** By which copy it turns up there, so that its day can be told. */
  copiedBy: oneOf('weekday-copy').optional(),
  /** How it is taken in the copy by hand, as a step of its own, wherever the copy comes late. */
  copy: z.strictObject({ environment: text, short: text, undo: text, undoTask: task }).optional(),
  /** How long a session lasts at most that was open when it was taken. */
  sessionHours: z.number().int().positive().max(24).optional(),
  hint: z.string().optional(),
  /** What somebody who had it and comes back must know: what returns by itself, and what does not work any more. */
  onReturn: text.optional(),
  words: z.strictObject({
    short: text,
    purpose: text.optional(),
    ...grantWords,
  }),
  engineer: z
    .strictObject({
      text,
      short: text,
      link: z.string().optional(),
      trap: z.string().optional(),
      seenByUs: z.boolean(),
      when: oneOf('before', 'after'),
    })
    .optional(),
  selfCheck: link.optional(),
  task: task.optional(),
  undoTask: task.optional(),
  /** Another way to the same, wherever the target has the parameter that it needs: no list, and so nobody else's. */
  instead: z
    .strictObject({
      needs: text,
      methods: z.array(method).min(1, 'name at least one method'),
      proof: oneOf('read-back', 'second-person', 'doer'),
      words: z.strictObject(grantWords),
      task,
      undoTask: task,
    })
    .optional(),
  /** Only looked at, never given: revoking changes nothing here, and what is held of it ends with the request or on leaving. */
  nothingToUndo: z.boolean().default(false),
  /** What ends with nothing but somebody's leaving: held until then, and then taken by people. */
  onLeaving: z.strictObject({ value: text, undo: text, undoTask: task }).optional(),
})

export const ruleSetSchema = z.strictObject({
  id: text,
  page: z.url(),
  levels: z.record(id, level),
  conditions: z.record(id, condition),
  apprentice: z.strictObject({ limit: id, exception: id, ...source }),
  /** `beside`: what a system does by itself about an absence, shown beside the rule. */
  absence: z.strictObject({ limitDays: z.number().int().positive(), ...source, beside: text.optional() }),
  /** `guide`: where somebody who has it reads how to use it. */
  entitlements: z.record(id, z.strictObject({ level: id, name: text, ...source, guide: link.optional() })),
  grants: z.record(id, grant),
})

export type RuleSetData = z.infer<typeof ruleSetSchema>
export type Condition = z.infer<typeof condition>
export type RegisterCondition = Extract<Condition, { kind: 'register' }>
export type ReviewCondition = Extract<Condition, { kind: 'review' }>
export type Grant = z.infer<typeof grant>
