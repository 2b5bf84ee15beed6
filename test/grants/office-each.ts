import { afterEach, beforeEach, expect } from 'vitest'
import type { Database } from '../../server/db/database.ts'
import { startTestOffice, type TestOffice } from './office.ts'

/** A fresh office before each test; after it nothing was reported, and the log is whole. */
export function officeEach(database: () => Database | Promise<Database>, use: (office: TestOffice) => void): void {
  let office: Awaited<ReturnType<typeof startTestOffice>>
  beforeEach(async () => {
    office = await startTestOffice(await database())
    use(office)
  })
  afterEach(async () => {
    expect(office.reported).toEqual([])
    expect(await office.intact()).toBe(true)
    await office.close()
  })
}
