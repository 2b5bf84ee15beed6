import type { Button, PageView } from '../../server/http/api.ts'
import type { Caller } from '../api.ts'
import { PagePart } from '../ui/page-part.tsx'
import { Buttons } from '../ui/parts.tsx'

/** One person's page, as the server wrote it. */
export function PersonPage({
  caller,
  view,
  press,
  done,
}: {
  caller: Caller
  view: PageView
  press: (button: Button) => void
  done: (said: string) => void
}) {
  return (
    <>
      {view.lines.map((line) => (
        <p key={line}>{line}</p>
      ))}
      {view.parts.map((part) => (
        <PagePart key={part.title} caller={caller} part={part} press={press} done={done} />
      ))}
      <Buttons buttons={view.buttons} press={press} />
    </>
  )
}
