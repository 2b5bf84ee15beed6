import { isMap, isScalar, isSeq, type Node, parseAllDocuments, type YAMLSeq } from 'yaml'
import { ListRefusal } from './refusal.ts'

export type Sequence = YAMLSeq & { range: [number, number, number] }

/**
 * Finds a list in a YAML file: by its name at the top, by names with dots between them further down (`groups.deploy`), or
 * by a dot alone where the file is one list.
 * @throws ListRefusal when it is missing, twice there, or has an anchor that other places may repeat
 */
export function sequenceAt(text: string, list: string): Sequence {
  const documents = parseAllDocuments(text, { uniqueKeys: false })
  const [document] = documents
  if (!document || documents.length !== 1 || document.errors.length > 0) throw new ListRefusal('not-readable', list)
  const found = list === '.' ? document.contents : within(document.contents, list)
  if (!isSequence(found) || found.anchor || found.tag) throw new ListRefusal('computed', list)
  return found
}

function isSequence(node: unknown): node is Sequence {
  return isSeq(node) && Array.isArray(node.range)
}

/** A name with dots in it comes before names with dots between them. */
function within(top: Node | null, list: string): unknown {
  if (!isMap(top)) throw new ListRefusal('not-readable', list)
  const whole = pairsOf(top, list)
  const names = whole.length > 0 ? [list] : list.split('.')
  let at: unknown = top
  for (const name of names) {
    if (!isMap(at)) throw new ListRefusal('missing', list)
    const [pair, second] = pairsOf(at, name)
    if (!pair) throw new ListRefusal('missing', list)
    if (second) throw new ListRefusal('twice', list)
    at = pair.value
  }
  return at
}

function pairsOf(map: { items: { key: unknown; value: unknown }[] }, name: string) {
  return map.items.filter(({ key }) => isScalar(key) && key.value === name)
}
