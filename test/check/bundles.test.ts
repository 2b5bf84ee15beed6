import { beforeAll, expect, test } from 'vitest'
import { type Bundle, clientBundles } from '../bench/bundles.ts'

/** What a board pays for the Power-Up: every board loads the connector, and nothing else until somebody opens a card. */

const KB = 1024
/** Compressed. The connector stands between a board and its badges; the others wait for a click. */
const mostGzip: Record<string, number> = {
  connector: 5 * KB,
  section: 16 * KB,
  // Twenty kinds of forms, their summary, drafts and the progress that follows.
  window: 20 * KB,
  // Opens the windows of acts in place, because Trello may replace one modal by another: it carries their form too.
  queue: 22 * KB,
  // Opens windows in place, as the queue does.
  people: 22 * KB,
  settings: 18 * KB,
}

let bundles: Bundle[] = []
beforeAll(async () => {
  bundles = await clientBundles()
})

test('there are exactly these pages', () => {
  expect(bundles.map((one) => one.page)).toEqual(Object.keys(mostGzip).sort())
})

test('the connector loads no framework and no package at all', () => {
  const connector = bundles.find((one) => one.page === 'connector')
  expect(connector?.modules.some((path) => path.includes('client/connector.ts'))).toBe(true)
  expect(connector?.modules.filter((path) => /node_modules|client\/ui\//.test(path))).toEqual([])
})

test('the section draws with the framework, so the guard above can tell', () => {
  expect(bundles.find((one) => one.page === 'section')?.modules.join()).toContain('node_modules/preact')
})

test.each(Object.entries(mostGzip))('%s stays under %i bytes, compressed', (page, most) => {
  const bundle = bundles.find((one) => one.page === page)
  expect(bundle?.gzip).toBeGreaterThan(500)
  expect(bundle?.gzip).toBeLessThan(most)
})
