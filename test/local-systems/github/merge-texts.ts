/** A small three-way merge by lines: enough to tell apart what git merges by itself and what conflicts. */

interface Hunk {
  /** Lines of the base that are replaced: from `start`, before `end`. */
  start: number
  end: number
  lines: string[]
}

/** The one stretch of lines in which a text differs from its base. */
function hunkOf(base: string[], changed: string[]): Hunk {
  let start = 0
  while (start < base.length && start < changed.length && base[start] === changed[start]) start += 1
  let tail = 0
  while (tail < base.length - start && tail < changed.length - start && base.at(-1 - tail) === changed.at(-1 - tail))
    tail += 1
  return { start, end: base.length - tail, lines: changed.slice(start, changed.length - tail) }
}

/** @returns the merged text, or `null` when both sides changed the same place, or neighbouring ones */
export function mergeTexts(base: string, ours: string, theirs: string): string | null {
  if (ours === base || ours === theirs) return theirs
  if (theirs === base) return ours
  const lines = base.split('\n')
  const [first, second] = [hunkOf(lines, ours.split('\n')), hunkOf(lines, theirs.split('\n'))].sort(
    (a, b) => a.start - b.start,
  )
  if (!first || !second || second.start <= first.end) return null
  return [
    ...lines.slice(0, first.start),
    ...first.lines,
    ...lines.slice(first.end, second.start),
    ...second.lines,
    ...lines.slice(second.end),
  ].join('\n')
}
