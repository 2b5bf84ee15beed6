import { idFor } from './local-trello/model.ts'

/** The invented people and places of the practice board, in what the rules ask about them. */

export const people = [
  {
    name: 'Priya Shah',
    username: 'priya',
    github: 'priya-s',
    id: 1001,
    employment: 'civil servant',
    clearance: 'yes',
    probation: 'passed',
    lead: 'sam',
  },
  {
    name: 'Sam Okoro',
    username: 'sam',
    github: 'sam-o',
    id: 1002,
    employment: 'civil servant',
    clearance: 'yes',
    probation: 'passed',
    lead: '',
  },
  {
    name: 'Dan Reyes',
    username: 'dan',
    github: 'dan-r',
    id: 1003,
    employment: 'civil servant',
    clearance: 'yes',
    probation: 'passed',
    lead: '',
    senior: true,
  },
  {
    name: 'Ines Moreau',
    username: 'ines',
    github: 'ines-m',
    id: 1011,
    employment: 'contractor',
    clearance: 'yes',
    probation: '',
    lead: '',
    senior: true,
  },
  {
    name: 'Alex Green',
    username: 'alex',
    github: 'alex-g',
    id: 1004,
    employment: 'civil servant',
    clearance: 'yes',
    probation: 'passed',
    lead: 'sam',
  },
  {
    name: 'Jo Bell',
    username: 'jo',
    github: 'jo-b',
    id: 1005,
    employment: 'civil servant',
    clearance: 'yes',
    probation: 'passed',
    lead: 'sam',
  },
  {
    name: 'Mia Cole',
    username: 'mia',
    github: 'mia-c',
    id: 1006,
    employment: 'civil servant',
    clearance: 'yes',
    probation: 'not passed',
    lead: 'sam',
    apprentice: true,
  },
  {
    name: 'Ada Quinn',
    username: 'ada',
    github: 'ada-q',
    id: 1013,
    employment: 'civil servant',
    clearance: 'yes',
    probation: 'passed',
    lead: 'sam',
    apprentice: true,
  },
  {
    name: 'Tom Vance',
    username: 'tom',
    github: 'tom-v',
    id: 1014,
    employment: 'civil servant',
    clearance: 'yes',
    probation: 'passed',
    lead: 'sam',
  },
  {
    name: 'Omar Aziz',
    username: 'omar',
    github: 'omar-a',
    id: 1007,
    employment: 'contractor',
    clearance: '',
    probation: '',
    lead: 'sam',
  },
  {
    name: 'Lee Hart',
    username: 'lee',
    github: 'lee-h',
    id: 1008,
    employment: 'civil servant',
    clearance: 'yes',
    probation: 'passed',
    lead: 'nia',
  },
  {
    name: 'Nia Frost',
    username: 'nia',
    github: 'nia-f',
    id: 1009,
    employment: 'contractor',
    clearance: 'yes',
    probation: '',
    lead: '',
  },
  {
    name: 'Kit Doyle',
    username: 'kit',
    github: 'kit-d',
    id: 1010,
    employment: 'civil servant',
    clearance: 'yes',
    probation: 'passed',
    lead: 'sam',
  },
  {
    name: 'Rae Lund',
    username: 'rae',
    github: '',
    id: 1012,
    employment: 'civil servant',
    clearance: 'yes',
    probation: 'passed',
    lead: '',
    keeper: true,
  },
] as const

/** On the board, but nobody has linked them to a person. */
export const strangers = [
  { name: 'Uma Vale', username: 'uma' },
  { name: 'kitd', username: 'kitd' },
]

export const service = { name: 'Production Access', username: 'production-access' }

/** 2nd line this week. Their team is Publishing: they are not on the Search team's board, and help from their own. */
export const offSearch: string[] = ['alex', 'jo']
export const boards = [
  { name: 'Search team', shortLink: 'PRACTICE' },
  { name: 'Publishing team', shortLink: 'PUBLISH1' },
]
export const memberId = (username: string) => idFor(username)
export const powerUpId = idFor('power-up')

export const domain = 'example.gov.uk'
export const emailOf = (name: string) => `${name.toLowerCase().replace(' ', '.')}@${domain}`
export const org = 'example-gov'
export const listsRepository = `${org}/example-aws-data`
export const account = '000000000000'
