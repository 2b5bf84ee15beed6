import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, symlink } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openDatabase } from '../../server/db/database.ts'
import { addPerson } from './rows.ts'
import { startFrom } from './start-from.ts'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'embedded-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const open = (dataDir = folder) => openDatabase({ url: null, dataDir, startFrom })
const names = async (dataDir: string) => {
  const database = await open(dataDir)
  const rows = await database.kysely.selectFrom('person').select('id').orderBy('id').execute()
  await database.close()
  return rows.map((row) => row.id)
}

describe('The embedded database in a folder', () => {
  test('has one owner: a second one is told to stop the first', async () => {
    const database = await open()
    await expect(open()).rejects.toThrow(`Another process uses the database in ${folder}.`)
    await symlink(folder, `${folder}-link`)
    await expect(open(`${folder}-link`)).rejects.toThrow('Another process uses the database')
    await rm(`${folder}-link`)
    expect(database.says).toBe('The database is embedded. It survives a killed process, not a power cut.')
    await database.kysely.transaction().execute((tx) => addPerson(tx, 'p-priya'))
    await database.close()
    expect(await names(folder)).toEqual(['p-priya'])
  })

  test('keeps its owner when somebody knocks and runs away', async () => {
    const database = await open()
    for (let knock = 0; knock < 50; knock++) {
      const socket = connect(join(folder, 'owner.sock'))
      await once(socket, 'connect')
      socket.write('hello')
      socket.destroy()
    }
    await expect(open()).rejects.toThrow('Another process uses the database')
    await database.close()
  })

  test('is found again after its process was killed, with all that was committed', async () => {
    const writer = spawn(process.execPath, [join(import.meta.dirname, 'write-until-killed.ts'), folder])
    let said = ''
    let complained = ''
    writer.stdout.on('data', (data) => {
      said += String(data)
      if (said.split('\n').length > 20) writer.kill('SIGKILL')
    })
    writer.stderr.on('data', (data) => {
      complained += String(data)
    })
    const [code, signal] = await once(writer, 'exit')
    expect({ code, signal, complained }).toEqual({ code: null, signal: 'SIGKILL', complained: '' })
    const committed = said.split('\n').filter((line) => line.endsWith('.'))
    expect(committed.length).toBeGreaterThan(19)
    const kept = await names(folder)
    for (const line of committed) expect(kept).toContain(line.slice(0, -1))
  })

  test('may lie in a folder whose path is longer than a socket’s may be', async () => {
    const deep = join(folder, 'a-long-name-for-a-folder'.repeat(5))
    const database = await open(deep)
    await expect(open(deep)).rejects.toThrow('Another process uses the database')
    await database.close()
    expect(await names(deep)).toEqual([])
  })
})
