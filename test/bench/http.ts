import { as } from '../http/as.ts'
import { startPracticeWorld } from '../practice-world.ts'
import { addCrowd } from './crowd.ts'
import { type Compared, compare } from './sides.ts'

const CARDS = 200
const VIEWS = 40
const AT_ONCE = 10
const ROUNDS = 3

/** The whole server over HTTP, on a board with many requests. */
export async function httpFigures(): Promise<Compared[]> {
  const world = await startPracticeWorld({ folder: null })
  try {
    const cards = await addCrowd(world, CARDS)
    const priya = as(world, 'priya')
    const bump = () =>
      world.product.db.kysely
        .updateTable('request')
        .set((eb) => ({ version: eb('version', '+', 1) }))
        .execute()
    const collected = async () => {
      const { cards: answered } = await priya.badges(...cards)
      if (Object.keys(answered).length !== CARDS) throw new Error('not every card has its badges')
    }
    const viewed = cards.slice(0, VIEWS)
    return [
      await compare(
        `badges of ${CARDS} cards`,
        ROUNDS,
        { name: 'collected in one call', run: collected },
        {
          name: 'one call each',
          async run() {
            for (const card of cards) await priya.badges(card)
          },
        },
      ),
      await compare(
        `badges of ${CARDS} cards`,
        ROUNDS,
        { name: 'all judged anew', before: bump, run: collected },
        { name: 'as remembered', run: collected },
      ),
      await compare(
        `${VIEWS} views of a section`,
        ROUNDS,
        {
          name: `${AT_ONCE} at once`,
          async run() {
            const open = [...viewed]
            const reader = async () => {
              for (let card = open.pop(); card; card = open.pop()) await priya.section(card)
            }
            await Promise.all(Array.from({ length: AT_ONCE }, reader))
          },
        },
        {
          name: 'one after another',
          async run() {
            for (const card of viewed) await priya.section(card)
          },
        },
      ),
    ]
  } finally {
    await world.close()
  }
}
