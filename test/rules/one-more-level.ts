/** What the page grew after 2024: one more level, sponsored by anybody's tech lead, and one more system. Only text. */
export const oneMoreLevel: [from: string, to: string][] = [
  [
    '\nconditions:\n',
    `  platform:
    name: Platform Engineer
    sentence: People who look after the platform itself.
    section: platform-engineer-access
    includes: [admin]
    includesReading: { reading: Whoever keeps the platform also deploys., evidence: ["https://example.gov.uk/page"] }
    template: Plat2026
    templateSource: { sentence: Follow the steps in the card., section: platform-engineer-access }
    sponsors:
      - { relation: tech-lead, employment: any }
    sponsorsSource: { sentence: Your tech lead sponsors it., section: platform-engineer-access }
    conditions: [CP1]
    willNotChange: [No root account.]

conditions:
  CP1:
    kind: attestation
    label: On call
    confirm: is on the on-call rota
    sentence: is on the on-call rota
    section: platform-engineer-access
`,
  ],
  [
    '\ngrants:\n',
    `  P1:
    level: platform
    name: be paged
    sentence: A seat in the pager.
    section: platform-engineer-access

grants:
  pager:
    level: platform
    serves: [P1]
    environments: [production]
    system: pager
    systemName: Pager
    account: email
    target: "pager:{environment}"
    value: responder
    methods: [task]
    proof: doer
    after: [aws-admin]
    words:
      short: Pager
      change: Add {account} to the pager
      undo: Remove {account} from the pager
      verifiedBy: the doer’s word
    task:
      doer: second-line
      clicks: [{ text: Open the pager and add, copy: "{account}" }]
      looksRight: "{name} is in the rota."
    undoTask:
      doer: second-line
      clicks: [{ text: Open the pager and remove, copy: "{account}" }]
      looksRight: "{name} is not in the rota."
`,
  ],
]
