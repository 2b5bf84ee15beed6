import type { QueueView } from '../../server/http/api.ts'
import { type Filter, unfiltered } from './filter.ts'

/** What of the queue is shown: by person, system and state. */
export function Filters({
  view,
  filter,
  choose,
}: {
  view: QueueView
  filter: Filter
  choose: (next: Partial<Filter>) => void
}) {
  const { systems, states } = view.filters
  const isFiltered = filter.person !== '' || filter.system !== '' || filter.state !== ''
  return (
    <div class="actions tools">
      <label for="person">Person</label>
      {/* Not held by us: what is being typed stays while the queue is read again under it. */}
      <input
        id="person"
        type="search"
        key={filter.person}
        defaultValue={filter.person}
        onChange={(event) => choose({ person: event.currentTarget.value })}
      />
      <label for="system">System</label>
      <select id="system" value={filter.system} onChange={(event) => choose({ system: event.currentTarget.value })}>
        <option value="">All</option>
        {systems.map((system) => (
          <option key={system} value={system}>
            {system}
          </option>
        ))}
      </select>
      <label for="state">State</label>
      <select id="state" value={filter.state} onChange={(event) => choose({ state: event.currentTarget.value })}>
        <option value="">All</option>
        {states.map(({ value, text }) => (
          <option key={value} value={value}>
            {text}
          </option>
        ))}
      </select>
      {isFiltered && (
        <button
          type="button"
          class="link"
          onClick={() => choose({ ...unfiltered, board: filter.board, tab: filter.tab })}
        >
          Show all
        </button>
      )}
    </div>
  )
}
