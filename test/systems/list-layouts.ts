/** Ten ways to write the same three names in each format, the looks-alike around them included. */

export interface Layout {
  name: string
  path: string
  text: string
}

export const names = ['ann.ash@x', 'bo.bay@x', 'cy.cox@x'] as const
const [a, b, c] = names

const hcl: Record<string, string> = {
  plain: `people = [\n  "${a}",\n  "${b}",\n  "${c}",\n]\n`,
  'no comma at the end': `people = [\n  "${a}",\n  "${b}",\n  "${c}"\n]\n`,
  'one line': `people = ["${a}", "${b}", "${c}"]\n`,
  'one line, comma at the end': `people = ["${a}", "${b}", "${c}",]\n`,
  tabs: `other\t= "x"\npeople\t= [\n\t"${a}",\n\t"${b}",\n\t"${c}",\n]\n`,
  'Windows line ends': `people = [\r\n  "${a}",\r\n  "${b}",\r\n  "${c}",\r\n]\r\nother = 1\r\n`,
  comments: `# people = ["no"]\npeople = [ // who\n  "${a}", # the lead\n  /* left */ "${b}",\n  # before the last\n  "${c}", # the newest\n  # at the end\n]\n`,
  'a look-alike in a heredoc': `text = <<EOT\npeople = [\n  "${a}",\n]\nEOT\npeople = [\n  "${a}",\n  "${b}",\n  "${c}"\n]\n`,
  'bracket on the last line': `people = [\n  "${a}",\n  "${b}", # second\n  "${c}"]\nother = { people = ["${a}"] }\n`,
  'several a line, no end of line at the end': `people = [\n  "${a}", "${b}",\n  "${c}",\n]`,
}

const many = Array.from({ length: 400 }, (_, index) => `person.${index}@x`)

Object.assign(hcl, {
  'letters of other alphabets, and signs of two units': `über = "naïve 🎉"\npeople = [\n  # José 👩‍💻\n  "${a}",\n  "${b}",\n  "${c}",\n]\n`,
  'very long lists around it': `before = [${many.map((one) => `"${one}"`).join(', ')}]\npeople = ["${a}", "${b}", "${c}"]\nafter = [\n${many.map((one) => `  "${one}",\n`).join('')}]\n`,
})

const json: Record<string, string> = {
  plain: `{\n  "people": [\n    "${a}",\n    "${b}",\n    "${c}"\n  ]\n}\n`,
  'one line': `{"people":["${a}","${b}","${c}"]}`,
  'one line with blanks': `{ "people": [ "${a}", "${b}", "${c}" ], "n": 1 }\n`,
  tabs: `{\n\t"people": [\n\t\t"${a}",\n\t\t"${b}",\n\t\t"${c}"\n\t]\n}\n`,
  'Windows line ends': `{\r\n  "people": [\r\n    "${a}",\r\n    "${b}",\r\n    "${c}"\r\n  ]\r\n}\r\n`,
  'list on a line of its own': `{\n  "people": [\n    "${a}", "${b}", "${c}"\n  ],\n  "x": []\n}\n`,
  'a look-alike deeper': `{\n  "x": { "people": ["${a}"] },\n  "people": [\n    "${a}",\n    "${b}",\n    "${c}"\n  ]\n}\n`,
  'a look-alike in text': `{\n  "x": "\\"people\\": [",\n  "people": [\n    "${a}",\n    "${b}",\n    "${c}"\n  ]\n}`,
  'bracket on the last line': `{\n  "people": ["${a}",\n    "${b}",\n    "${c}"]\n}\n`,
  'commas first': `{\n  "people": [\n    "${a}"\n  , "${b}"\n  , "${c}"\n  ]\n}\n`,
}

const yaml: Record<string, string> = {
  plain: `people:\n  - ${a}\n  - ${b}\n  - ${c}\n`,
  'not indented': `x: 1\npeople:\n- ${a}\n- ${b}\n- ${c}\ny: 2\n`,
  'double quotes': `people:\n  - "${a}"\n  - "${b}"\n  - "${c}"\n`,
  'single quotes': `people:\n  - '${a}'\n  - '${b}'\n  - '${c}'\n`,
  comments: `# people: no\npeople: # who\n  - ${a} # the lead\n  # before the second\n  - ${b}\n\n  - ${c}   # the newest\n# at the end\ny: 2\n`,
  'Windows line ends': `people:\r\n  - ${a}\r\n  - ${b}\r\n  - ${c}\r\ny: 2\r\n`,
  'no end of line at the end': `people:\n  - ${a}\n  - ${b}\n  - ${c}`,
  'one line': `people: [${a}, ${b}, ${c}]\ny: 2\n`,
  'brackets over lines': `people: [\n  "${a}",\n  "${b}",\n  "${c}"\n]\n`,
  'a look-alike deeper and in text': `x:\n  people:\n    - ${a}\ntext: |\n  people:\n    - ${a}\npeople:\n  -   ${a}\n  -   ${b}\n  -   ${c}\nlong:    "kept   as it is"\n`,
}

Object.assign(json, {
  'letters of other alphabets': `{\n  "über": "naïve 🎉",\n  "people": ["${a}", "${b}", "${c}"]\n}\n`,
  'very long lists around it': `{"before": ${JSON.stringify(many)},\n"people": ["${a}", "${b}", "${c}"],\n"after": ${JSON.stringify(many, null, 2)}}`,
})

Object.assign(yaml, {
  'a quoted key': `"people":\n  - ${a}\n  - ${b}\n  - ${c}\n'other': 1\n`,
  'letters of other alphabets': `# José 👩‍💻\nüber: naïve 🎉\npeople:\n  - ${a}\n  - ${b} # 🎉\n  - ${c}\n`,
  'very long lists around it': `before:\n${many.map((one) => `  - ${one}\n`).join('')}people:\n  - ${a}\n  - ${b}\n  - ${c}\nafter: [${many.join(', ')}]\n`,
})

/** Three records in a list of people, as they are written. */
export const recordLayouts: Record<string, string> = {
  plain: `people:\n  - name: ${a}\n    login: ann\n  - name: ${b}\n    login: bo\n  - name: ${c}\n    login: cy\n`,
  'not indented': `x: 1\npeople:\n- name: ${a}\n  login: ann\n- name: ${b}\n  login: bo\n- name: ${c}\n  login: cy\ny: 2\n`,
  'quotes, comments and empty lines': `people: # who\n  - name: "${a}" # the lead\n    login: 'ann'\n\n  # before the second\n  - name: "${b}"\n    login: 'bo'\n\n  - name: "${c}"\n    login: 'cy' # the newest\n# at the end\ny: 2\n`,
  'Windows line ends': `people:\r\n  - name: ${a}\r\n    login: ann\r\n  - name: ${b}\r\n    login: bo\r\n  - name: ${c}\r\n    login: cy\r\ny: 2\r\n`,
  'no end of line at the end': `people:\n  - login: ann\n    name: ${a}\n  - login: bo\n    name: ${b}\n  - login: cy\n    name: ${c}`,
  'more in some of them': `people:\n  -   name: ${a}\n      login: ann\n      aws: { staging: user }\n  -   name: ${b}\n      login: bo\n      teams:\n        - one\n        - two\n  -   name: ${c}\n      login: cy\n      why: |\n        long\n        text\nafter:   "kept   as it is"\n`,
}

const layoutsOf = (path: string, texts: Record<string, string>): Layout[] =>
  Object.entries(texts).map(([name, text]) => ({ name: `${path}, ${name}`, path, text }))

export const layouts: Layout[] = [
  ...layoutsOf('common.tfvars', hcl),
  ...layoutsOf('access.auto.tfvars.json', json),
  ...layoutsOf('people.yml', yaml),
]
