import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { parse } from '@cdktf/hcl2json'
import { Language, type Node, Parser } from 'web-tree-sitter'
import type { Element, Format, ListAt } from './format.ts'
import { ListRefusal } from './refusal.ts'

/** HCL variables files. One parser knows every position; HashiCorp's own proves what the text means. */
export const hcl: Format = {
  async locate(text, list) {
    const tree = (await parser()).parse(text)
    if (!tree) throw new ListRefusal('not-readable', list)
    try {
      if (tree.rootNode.hasError) throw new ListRefusal('not-readable', list)
      return tupleOf(tree.rootNode, list)
    } finally {
      tree.delete()
    }
  },
  async content(text, list) {
    try {
      return await parse('list.tfvars', text)
    } catch {
      throw new ListRefusal('not-readable', list)
    }
  },
  // What Terraform would work out stays text.
  write: (value) => JSON.stringify(value).replace(/[$%](?=\{)/g, (mark) => mark + mark),
}

let loading: Promise<Parser> | null = null
function parser(): Promise<Parser> {
  loading ??= load()
  return loading
}

async function load(): Promise<Parser> {
  await Parser.init()
  const grammar = import.meta.resolve('@tree-sitter-grammars/tree-sitter-hcl/tree-sitter-hcl.wasm')
  const made = new Parser()
  made.setLanguage(await Language.load(await readFile(fileURLToPath(grammar))))
  return made
}

const childrenOf = (node: Node): Node[] => node.children.filter((child) => child !== null)

function tupleOf(root: Node, list: string): ListAt {
  const body = root.namedChildren.find((child) => child?.type === 'body')
  const attributes = body ? childrenOf(body).filter((child) => child.type === 'attribute') : []
  const [found, second] = attributes.filter((one) => one.firstNamedChild?.text === list)
  if (!found) throw new ListRefusal('missing', list)
  if (second) throw new ListRefusal('twice', list)
  const value = found.namedChildren.find((child) => child?.type === 'expression')
  const tuple = value?.firstNamedChild?.firstNamedChild
  if (value?.namedChildCount !== 1 || tuple?.type !== 'tuple') throw new ListRefusal('computed', list)
  const elements: Element[] = []
  for (const child of childrenOf(tuple)) {
    const last = elements.at(-1)
    if (child.type === 'expression') elements.push(plainText(child, list))
    else if (child.type === ',' && last) last.comma = child.startIndex
    else if (!['tuple_start', 'tuple_end', 'comment'].includes(child.type)) throw new ListRefusal('computed', list)
  }
  return { shape: 'brackets', elements, open: tuple.startIndex + 1, close: tuple.endIndex - 1, commaAtEnd: true }
}

/** An element without interpolation, escapes or functions. */
function plainText(expression: Node, list: string): Element {
  const literal = expression.firstNamedChild
  const text = expression.text
  const plain =
    expression.namedChildCount === 1 &&
    literal?.type === 'literal_value' &&
    literal.firstNamedChild?.type === 'string_lit' &&
    !/\\|[$%]\{/.test(text)
  if (!plain) throw new ListRefusal('computed', list)
  return { value: text.slice(1, -1), start: expression.startIndex, end: expression.endIndex, comma: null }
}
