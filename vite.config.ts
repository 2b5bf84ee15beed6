import { resolve } from 'node:path'
import { defineConfig } from 'vitest/config'

const page = (name: string) => resolve(import.meta.dirname, `client/${name}.html`)

export default defineConfig({
  root: 'client',
  base: './',
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: '../dist/client',
    emptyOutDir: true,
    target: 'es2022',
    modulePreload: { polyfill: false },
    rolldownOptions: {
      input: Object.fromEntries(
        ['connector', 'section', 'window', 'queue', 'people', 'settings'].map((name) => [name, page(name)]),
      ),
    },
  },
  test: {
    root: '.',
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/db/start-once.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
    // Files of one worker share their modules: half the time went into loading them again. So no test file leaves a
    // global changed behind it.
    isolate: false,
    // The runner's own lines come last: whoever runs the tests elsewhere looks for them at the end.
    reporters: ['./test/systems/table-reporter.ts', 'default'],
  },
})
