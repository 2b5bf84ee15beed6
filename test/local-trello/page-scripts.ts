import { readFileSync } from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'

/** Browser code is TypeScript here too; Node takes the types out when it is served. */

const served = new Map<string, string>()

/** A module of the page. Imports keep their `.ts` names: a browser asks only for the right content type. */
export function pageModule(path: string): string {
  return once(`page/${path}`, () => stripTypeScriptTypes(source(`page/${path}`)))
}

/**
 * The stand-in of Trello's library. It must be one classic script, as Trello's is, so its modules are put one after
 * another, the imported ones first, in a function of their own.
 */
export function libraryScript(): string {
  return once('library', () => {
    const files: string[] = []
    collect('library/power-up.ts', files)
    const parts = files.map((file) => stripTypeScriptTypes(source(file)).replaceAll(IMPORT, '').replaceAll(EXPORT, ''))
    return `;(() => {\n'use strict'\n${parts.join('\n')}\n})()\n`
  })
}

const IMPORT = /^import [^'"]*from '\.\/[\w-]+\.ts'$/gm
const EXPORT = /^export (?=(?:async )?(?:function|const|class))/gm

function collect(file: string, files: string[]): void {
  if (files.includes(file)) return
  for (const [, name] of source(file).matchAll(/^import (?!type)[^'"]*from '\.\/([\w-]+\.ts)'$/gm))
    collect(`library/${name}`, files)
  if (!files.includes(file)) files.push(file)
}

function source(path: string): string {
  return readFileSync(new URL(path, import.meta.url), 'utf8')
}

function once(name: string, make: () => string): string {
  const made = served.get(name) ?? make()
  served.set(name, made)
  return made
}
