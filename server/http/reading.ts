import type { PageView, PeopleView, QueueView, SectionView, SettingsView, WindowView } from './api.ts'
import { readCardButton } from './reading/card-button.ts'
import { forgetDraft, keepDraft } from './reading/drafts.ts'
import type { ReadingParts } from './reading/parts.ts'
import { readPeople, readPerson } from './reading/people.ts'
import { type QueueAsked, readQueue } from './reading/queue.ts'
import { readSection } from './reading/section.ts'
import { readSettings } from './reading/settings.ts'
import { readWindow } from './reading/window.ts'
import type { Viewer } from './who.ts'

/** Loads what a view needs, for one viewer. Views themselves are pure. */
export interface Reading {
  section(viewer: Viewer, cardId: string): Promise<SectionView | null>
  window(viewer: Viewer, name: string, subject: string): Promise<WindowView | null>
  queue(viewer: Viewer, asked: QueueAsked): Promise<QueueView>
  settings(viewer: Viewer): Promise<SettingsView>
  people(viewer: Viewer, find: string): Promise<PeopleView>
  person(viewer: Viewer, personId: string): Promise<PageView>
  keepDraft(viewer: Viewer, name: string, subject: string, input: Record<string, unknown>): Promise<void>
  forgetDraft(viewer: Viewer, name: string, subject: string): Promise<void>
}

/** One file for each view's loading, in `reading/`. */
export function createReading(parts: ReadingParts): Reading {
  return {
    section: (viewer, cardId) => readSection(parts, viewer, cardId),
    window: (viewer, name, subject) =>
      name === 'card' ? readCardButton(parts, viewer, subject) : readWindow(parts, viewer, name, subject),
    queue: (viewer, asked) => readQueue(parts, viewer, asked),
    settings: (viewer) => readSettings(parts, viewer),
    people: (viewer, find) => readPeople(parts, viewer, find),
    person: (viewer, personId) => readPerson(parts, viewer, personId),
    keepDraft: (viewer, name, subject, input) => keepDraft(parts, viewer, name, subject, input),
    forgetDraft: (viewer, name, subject) => forgetDraft(parts, viewer, name, subject),
  }
}
