/** The dump with all tables and no rows that this run made, or nothing outside a run. */
export const startFrom = process.env['TEST_DATABASE_DUMP']
