import { useState } from 'preact/hooks'
import type { Button, PeopleView } from '../../server/http/api.ts'
import { announce } from '../ui/live-region.tsx'
import { Buttons } from '../ui/parts.tsx'

/** Everybody whom this viewer may look up, with what they hold. */
export function PeopleList({
  view,
  press,
  go,
  look,
}: {
  view: PeopleView
  press: (button: Button) => void
  go: (personId: string) => void
  look: (find: string) => void
}) {
  const [find, setFind] = useState('')
  return (
    <>
      <search>
        <form
          class="actions tools"
          onSubmit={(event) => {
            event.preventDefault()
            look(find)
            announce(`Looking for ${find === '' ? 'everybody who holds something' : find}.`)
          }}
        >
          <label for="find">Name</label>
          <input id="find" type="search" value={find} onInput={(event) => setFind(event.currentTarget.value)} />
          <button type="submit">Look up</button>
          <Buttons buttons={view.buttons} press={press} />
        </form>
      </search>
      {view.lines.map((line) => (
        <p key={line}>{line}</p>
      ))}
      {view.people.length === 0 ? (
        <p>{view.empty}</p>
      ) : (
        <table>
          <thead>
            <tr>
              <th scope="col">Who</th>
              <th scope="col">Holds</th>
            </tr>
          </thead>
          <tbody>
            {view.people.map(({ id, name, holds, note }) => (
              <tr key={id}>
                <th scope="row">
                  <button type="button" class="link" onClick={() => go(id)}>
                    {name}
                  </button>
                </th>
                <td>
                  {holds}
                  {note && <span class="trap">{note}</span>}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </>
  )
}
