import { startPracticeWorld } from '../practice-world.ts'

/** A server that says when it listens, and stops when it is told to. */
const [folder = null] = process.argv.slice(2)
const world = await startPracticeWorld({ folder })
console.log('listening')
process.once('SIGTERM', () => void world.close())
