import type { QueueView } from '../../server/http/api.ts'

/** Where things wait, as bars; a table to whoever does not see them. */
export function Picture({ places }: { places: QueueView['picture'] }) {
  return (
    <section class="value">
      <h2>Where things wait</h2>
      {places.length === 0 && <p>Nothing is waiting.</p>}
      {places.length > 0 && (
        <table class="picture">
          <thead>
            <tr>
              <th scope="col">Where</th>
              <th scope="col">How many</th>
              <th scope="col">Longest</th>
            </tr>
          </thead>
          <tbody>
            {places.map(({ place, count, longest, share }) => (
              <tr key={place}>
                <th scope="row">{place}</th>
                <td>
                  <svg class="bar" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
                    <rect width={Math.max(2, Math.round(share * 100))} height="10" />
                  </svg>{' '}
                  {count}
                </td>
                <td>{longest}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  )
}
