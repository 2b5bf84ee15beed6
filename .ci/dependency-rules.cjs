// Who may import whom. Read by dependency-cruiser in `npm run check`.
const room = (name) => `^server/${name}/`
/** @param {string[]} others rooms that `name` may not import code from; types are contracts and may cross. */
const mayNot = (name, others) => ({
  name: `${name}-stays-inside`,
  comment: `server/${name} must not import from ${others.join(', ')}.`,
  severity: 'error',
  from: { path: room(name) },
  to: { path: others.map(room), dependencyTypesNot: ['type-only'] },
})
const sdk = '^node_modules/(express|@octokit|@aws-sdk|pino|helmet|prom-client|@types/express)'

module.exports = {
  forbidden: [
    {
      name: 'no-circles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    { name: 'no-unresolved', severity: 'error', from: {}, to: { couldNotResolve: true } },
    mayNot('rules', ['people', 'requests', 'grants', 'systems', 'trello', 'audit', 'http', 'db']),
    mayNot('people', ['requests', 'grants', 'systems', 'trello', 'http']),
    mayNot('requests', ['grants', 'systems', 'trello', 'http']),
    mayNot('grants', ['systems', 'trello', 'http']),
    mayNot('audit', ['rules', 'people', 'requests', 'grants', 'systems', 'trello', 'http']),
    mayNot('db', ['rules', 'people', 'requests', 'grants', 'systems', 'trello', 'http', 'audit']),
    mayNot('systems', ['people', 'trello', 'http', 'db', 'audit']),
    mayNot('trello', ['grants', 'systems', 'http']),
    mayNot('http', ['systems']),
    {
      name: 'core-knows-no-sdk',
      comment: 'The core (rules, people, requests, grants, audit, db) knows no web framework, logger or vendor SDK.',
      severity: 'error',
      from: { path: '^server/(rules|people|requests|grants|audit|db)/' },
      to: { path: sdk },
    },
    {
      name: 'http-knows-no-vendor',
      severity: 'error',
      from: { path: room('http') },
      to: { path: '^node_modules/(@octokit|@aws-sdk)' },
    },
    {
      name: 'client-imports-only-types-from-server',
      severity: 'error',
      from: { path: '^client/' },
      to: { path: '^server/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'product-never-imports-tests',
      severity: 'error',
      from: { path: '^(server|client)/' },
      to: { path: '^test/' },
    },
    {
      name: 'product-runs-without-dev-packages',
      comment: 'A container is made with npm ci --omit=dev.',
      severity: 'error',
      from: { path: '^(server|client)/' },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'], pathNot: '^node_modules/@types/' },
    },
    {
      name: 'only-compose-knows-all',
      severity: 'error',
      from: { path: '^server/', pathNot: '^server/(compose|main|revoke-cli)' },
      to: { path: '^server/(compose|main)' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      extensions: ['.ts', '.tsx', '.js', '.mjs'],
      exportsFields: ['exports'],
      conditionNames: ['node', 'import', 'types', 'default'],
    },
  },
}
