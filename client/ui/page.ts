import type { Button } from '../../server/http/api.ts'
import { act, type Caller, sentenceOf } from '../api.ts'
import { readPlatform } from '../platform.ts'
import { library, options } from '../trello.ts'

/** What every framed page begins with. */
export function beginPage(): Caller {
  const t = library().iframe(options(readPlatform().pageOrigin))
  const mode = t.getContext()?.initialTheme ?? (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light')
  if (!document.documentElement.hasAttribute('data-color-mode'))
    document.documentElement.setAttribute('data-color-mode', mode)
  return { t, onCard: t.getContext()?.card !== undefined }
}

/** Carries out a button: opens its window, or does its act and answers what to say. */
export async function pressed(caller: Caller, button: Button): Promise<{ said: string; failed: boolean } | null> {
  const { does } = button
  if ('opens' in does) {
    await caller.t.modal({
      url: './window.html',
      title: button.text,
      height: 600,
      args: { name: does.opens, ...does.args },
    })
    return null
  }
  try {
    const done = await act(caller, { act: does.act, subject: does.subject, input: does.input, seen: '' })
    return { said: done.said, failed: false }
  } catch (error) {
    return { said: sentenceOf(error), failed: true }
  }
}
