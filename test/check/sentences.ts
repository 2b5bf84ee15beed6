import { readdirSync, readFileSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import ts from 'typescript'

/** Every text in the server's code that somebody may read: views, refusals, remedies, notices. */

const root = resolve(import.meta.dirname, '../..')
/** Rooms whose texts reach people in the product, and not whoever runs the server or writes a rule set. */
const rooms = ['people', 'requests', 'grants', 'systems', 'trello', 'http']
const files = ['account-lookup.ts', 'connections.ts']

export interface Sentence {
  text: string
  file: string
}

export function sentences(): Sentence[] {
  const all = rooms.flatMap((room) =>
    readdirSync(join(root, 'server', room), { recursive: true, encoding: 'utf8' }).map((name) => join(room, name)),
  )
  return [...all, ...files]
    .filter((name) => name.endsWith('.ts'))
    .flatMap((name) => sentencesIn(join(root, 'server', name)))
}

function sentencesIn(path: string): Sentence[] {
  const source = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest, true)
  const found: Sentence[] = []
  const visit = (node: ts.Node): void => {
    // A defect's own words, for whoever reads the process log.
    if (ts.isNewExpression(node) && /^(TypeError|RangeError|Error)$/.test(node.expression.getText(source))) return
    if (ts.isImportDeclaration(node) || ts.isLiteralTypeNode(node)) return
    const text = textOf(node)
    if (text !== null && isSentence(text)) found.push({ text, file: relative(root, path) })
    node.forEachChild(visit)
  }
  visit(source)
  return found
}

/** A text with an ellipsis for each value that is filled in. */
function textOf(node: ts.Node): string | null {
  if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) return node.text
  if (!ts.isTemplateExpression(node)) return null
  return node.head.text + node.templateSpans.map((span) => `…${span.literal.text}`).join('')
}

/** Names in code have no space; a word that begins with a capital is a label or a button. */
function isSentence(text: string): boolean {
  return /[A-Za-z]/.test(text) && (/\s/.test(text.trim()) || /^[A-Z][a-z]+$/.test(text))
}
