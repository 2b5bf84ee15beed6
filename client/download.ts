import { type Caller, fetchFile } from './api.ts'

/** How long the browser may take to begin saving before the memory is given back. */
const KEPT_MS = 60_000

/**
 * Saves a file of ours: fetched with the token in a header, so that no address that opens it lies about in a history.
 * @throws ProblemError when it could not be fetched whole; nothing is saved then
 */
export async function download(caller: Caller, path: string, file: string): Promise<void> {
  const address = URL.createObjectURL(await fetchFile(caller, path))
  const link = document.createElement('a')
  link.href = address
  link.download = file
  link.click()
  setTimeout(() => URL.revokeObjectURL(address), KEPT_MS)
}
