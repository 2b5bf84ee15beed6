/** What the example people are, in the words of the rules: said where the practice board asks who is looking. */
export const roles: Record<string, string> = {
  priya: 'engineer',
  sam: 'tech lead',
  dan: 'Senior Tech',
  ines: 'Senior Tech, contractor',
  alex: '2nd line, Primary',
  jo: '2nd line, Secondary',
  mia: 'apprentice',
  omar: 'contractor',
  lee: 'engineer on another team',
  nia: 'tech lead, contractor',
  kit: 'engineer, account not linked yet',
  rae: 'register keeper',
  uma: 'stranger',
  kitd: 'stranger with a similar name',
  'production-access': 'the Power-Up’s own account',
}
