import type { Button } from '../../server/http/api.ts'
import { act, type Caller, sentenceOf } from '../api.ts'
import { download } from '../download.ts'
import { readPlatform } from '../platform.ts'
import { library, options } from '../trello.ts'
import { announce } from './live-region.tsx'

/** What every framed page begins with. */
export function beginPage(): Caller {
  const t = library().iframe(options(readPlatform().pageOrigin))
  const mode = t.getContext()?.initialTheme ?? (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light')
  if (!document.documentElement.hasAttribute('data-color-mode'))
    document.documentElement.setAttribute('data-color-mode', mode)
  return { t, onCard: t.getContext()?.card !== undefined }
}

/** What an act said, whether it was done or not. */
export interface Said {
  text: string
  failed: boolean
}

/** Carries out a button: opens its window, or does its act or saves its file, says aloud and answers what came of it. */
export async function pressed(caller: Caller, button: Button): Promise<Said | null> {
  const { does } = button
  if ('opens' in does) {
    await caller.t.modal({
      url: pageOf(does.opens),
      title: button.text,
      height: 600,
      args: { name: does.opens, ...does.args },
    })
    return null
  }
  const work =
    'downloads' in does
      ? download(caller, does.downloads, does.file).then(() => does.said)
      : act(caller, { act: does.act, subject: does.subject, input: does.input, seen: '' }).then((done) => done.said)
  const said = await work.then(
    (text): Said => ({ text, failed: false }),
    (error: unknown): Said => ({ text: sentenceOf(error), failed: true }),
  )
  announce(said.text)
  return said
}

/** A person's page is a page of its own; everything else that opens is a window. */
export function pageOf(name: string): string {
  return name === 'person' ? './people.html' : './window.html'
}
