import type { Actor } from '../../requests/act.ts'
import type { ActName } from '../../requests/authorisation.ts'
import type { HeldRun } from '../../requests/held-runs.ts'
import type { Item } from './queue-items.ts'
import { rowSince } from './queue-row.ts'
import { acts } from './viewer.ts'

interface Words {
  title: string
  what: string
  next: string
  act: ActName
  subject: string
  /** Of the button that lets it go on. */
  submit: string
}

/** A run that stopped because it would be about too many people at once: what it is, who looks, and how it goes on. */
export function heldRunWords({ run, of, people, all, items, allItems }: HeldRun): Words {
  if (run === 'reviews')
    return {
      title: 'Access reviews',
      what: `Reviews became due for ${people} of the ${all} people who hold something, at once: ${items} of the ${allItems} things that they hold`,
      next: 'Nobody was asked to decide. A register keeper or Senior Tech checks whether the last import was right. If it was not, import it as it should be: then nothing is left to ask.',
      act: 'let-reviews',
      subject: 'reviews',
      submit: `It is right: ask about ${people} people`,
    }
  return {
    title: `Differences in ${of}`,
    what: `${people} people were found at once to have ${items} things in ${of} beyond our record, in which ${all} people hold ${allItems} things`,
    next: `None of it stands in the queue. A register keeper or Senior Tech checks whether ${of} was read where it should be, and whether the register is whole. If not, put that right: the next comparison finds nothing of it.`,
    act: 'let-differences',
    subject: run.slice('differences-'.length),
    submit: `It is right: show ${people} people in the queue`,
  }
}

/** What is signed with it. */
export function letsGo({ people, items, whom }: HeldRun): { people: string; items: string; whom: string } {
  return { people: String(people), items: String(items), whom }
}

/** In the queue of those who let it go on, and of 2nd line, who may be asked why nothing comes. */
export function heldRunItem(held: HeldRun, { roles }: Actor, now: Date): Item[] {
  const may = roles.keeper || roles.seniorTech
  if (!may && !roles.secondLine) return []
  const { title, what, next, act, subject, submit } = heldRunWords(held)
  return [
    {
      row: rowSince(held.since, now, {
        key: `held-${held.run}`,
        person: title,
        level: 'Stopped',
        what: `${what}. ${next}`,
        buttons: may ? [acts(submit, act, subject, letsGo(held))] : [],
      }),
      tabs: [...(may ? (['yours'] as const) : []), 'stuck', 'everything'],
      since: held.since,
      revokes: false,
      system: held.of === '' ? null : held.of,
      state: held.run === 'reviews' ? 'review' : 'difference',
      subject: title,
      brief: what,
    },
  ]
}
