import type { PersonLine } from '../../../people/missing.ts'
import { columns } from '../../../people/people-file.ts'
import type { TableView, WindowPart } from '../../api.ts'
import type { SettingsExtra } from '../settings.ts'
import { downloads } from '../viewer.ts'
import { row, section } from './parts.ts'

/** A page of names is looked through; thousands are what the CSV is for. */
const MOST_PEOPLE_SHOWN = 200

/** What is known of people, in numbers; for keepers also of whom what is missing. */
export function register(extra: Pick<SettingsExtra, 'people' | 'register'>, keeper: boolean): WindowPart {
  const { all, linked, withoutClearance, withoutAbsence } = extra.people
  const rows = [
    row('people', 'none', '', `${all} people, ${linked} linked to Trello`, null),
    row(
      'unknown',
      withoutAbsence > 0 ? 'unknown' : 'yes',
      '',
      `Clearance is not known of ${withoutClearance}, absence not known of ${withoutAbsence}`,
      'Unknown is not a no. It waits until a register keeper knows.',
    ),
  ]
  if (!keeper) return section('Register', rows)
  const said = 'The register is saved. It is personal: delete the file when you are done with it.'
  return {
    ...section('Register', rows),
    table: everybody(extra.register),
    buttons: [downloads('Download the register', '/api/register', 'register.csv', said)],
  }
}

/** Those of whom something is missing first: they are what a keeper looks for. */
function everybody(people: PersonLine[]): TableView {
  const shown = people
    .toSorted(
      (one, other) =>
        Number(one.missing.length === 0) - Number(other.missing.length === 0) ||
        one.fullName.localeCompare(other.fullName, 'en-GB'),
    )
    .slice(0, MOST_PEOPLE_SHOWN)
  const more = people.length - shown.length
  const complete = people.filter((one) => one.missing.length === 0).length
  return {
    caption:
      more > 0
        ? `The first ${shown.length} of ${people.length} people. The download has everybody.`
        : `Everything is known of ${complete} of ${people.length} people.`,
    columns: ['Who', 'Work email', 'What is missing'],
    rows: shown.map(({ id, fullName, email, missing }) => ({
      key: id,
      cells: [fullName, email ?? '', missing.length === 0 ? 'Nothing' : missing.join(', ')],
    })),
  }
}

export function importPeople(): WindowPart {
  return {
    ...section(
      'Import people',
      [],
      ['One row for each person. An empty cell is unknown and changes nothing; a missing row deletes nothing.'],
    ),
    form: { act: 'import-people', subject: 'installation', submit: 'Import people' },
    fields: [
      {
        kind: 'file',
        name: 'csv',
        label: 'CSV file of people',
        hint: `Header: ${columns.join(', ')}`,
        accept: '.csv,text/csv',
        required: true,
        link: null,
      },
    ],
  }
}
