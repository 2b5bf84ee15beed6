import { gzipSync } from 'node:zlib'
import { build, type Rolldown } from 'vite'

export interface Bundle {
  page: string
  files: string[]
  /** Modules that stand in these files, by path. */
  modules: string[]
  bytes: number
  gzip: number
}

/** Builds the client in memory and answers, for each page, all the code and styles that it loads at once. */
export async function clientBundles(): Promise<Bundle[]> {
  const built = await build({ logLevel: 'silent', build: { write: false } })
  const outputs = [built].flat().flatMap((one) => ('output' in one ? one.output : []))
  const chunks = new Map(outputs.flatMap((one) => (one.type === 'chunk' ? [[one.fileName, one] as const] : [])))
  return [...chunks.values()]
    .filter((chunk) => chunk.isEntry)
    .map((entry) => {
      const loaded = withImports(entry, chunks)
      const html = outputs.find((one) => one.fileName === `${entry.name}.html`)
      const page = html?.type === 'asset' ? String(html.source) : ''
      const styles = outputs.flatMap((one) =>
        one.type === 'asset' && one.fileName.endsWith('.css') && page.includes(one.fileName) ? [one] : [],
      )
      const contents = [...loaded.map((chunk) => chunk.code), ...styles.map((style) => style.source)]
      return {
        page: entry.name,
        files: [...loaded, ...styles].map((one) => one.fileName),
        modules: loaded.flatMap((chunk) => chunk.moduleIds),
        bytes: contents.reduce((sum, content) => sum + Buffer.byteLength(content), 0),
        gzip: contents.reduce((sum, content) => sum + gzipSync(content).length, 0),
      }
    })
    .sort((a, b) => a.page.localeCompare(b.page))
}

function withImports(entry: Rolldown.OutputChunk, chunks: Map<string, Rolldown.OutputChunk>): Rolldown.OutputChunk[] {
  const loaded = new Set<Rolldown.OutputChunk>()
  const open = [entry]
  for (let chunk = open.pop(); chunk; chunk = open.pop()) {
    loaded.add(chunk)
    for (const name of chunk.imports) {
      const next = chunks.get(name)
      if (next && !loaded.has(next)) open.push(next)
    }
  }
  return [...loaded]
}
