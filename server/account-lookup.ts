import { type SystemAdapter, SystemFailure } from './grants/system.ts'
import { type AccountLookup, ActRefused } from './requests/act.ts'
import { type AwsNameFault, awsNameFault } from './rules/aws-user-name.ts'
import { typedAccount } from './rules/typed-account.ts'

/** Finds the stable accounts behind what an engineer typed. */
export function createAccountLookup(parts: {
  github: SystemAdapter | null
  awsBaseAccount: string
  emailDomains: string[]
}): AccountLookup {
  return {
    async find(kind, typed) {
      switch (kind) {
        case 'email': {
          const email = typed.toLowerCase()
          // It is written into lists and pull requests: nothing that means something there is part of an address here.
          const [, domain] = /^[a-z0-9._%+'-]+@([a-z0-9.-]+)$/.exec(email) ?? []
          if (!domain) return { problem: 'Use an email address such as first.last@example.gov.uk.' }
          if (!parts.emailDomains.includes(domain))
            return { problem: `Use your work email address, at ${parts.emailDomains.join(' or ')}.` }
          return { kind, id: email, name: email }
        }
        case 'aws': {
          const name = typed.includes('/') ? (typed.split('/').at(-1) ?? typed) : typed
          if (typed.startsWith('arn:') && !typed.startsWith(`arn:aws:iam::${parts.awsBaseAccount}:user/`))
            return { problem: 'This is a user in another AWS account. Give the user name in the base account.' }
          if (!/^[\w+=,.@-]+$/.test(name))
            return { problem: 'AWS user names have only letters, digits and + = , . @ _ -' }
          const fault = awsNameFault(name)
          if (fault) return { problem: awsProblems[fault] }
          return { kind, id: `arn:aws:iam::${parts.awsBaseAccount}:user/${name}`, name }
        }
        case 'github': {
          const name = typed.replace(/^@/, '').replace(/^https?:\/\/github\.com\//, '')
          if (!/^[A-Za-z0-9-]{1,39}$/.test(name))
            return { problem: 'GitHub usernames have at most 39 letters, digits and hyphens.' }
          // Without GitHub people do its steps by the name; the approver reads that nobody has checked it.
          if (!parts.github?.findAccount) return typedAccount(kind, name)
          return (
            (await lookUp(() => parts.github?.findAccount?.(name) ?? Promise.resolve(null))) ?? {
              problem: `GitHub has nobody called ${name}. Check the spelling.`,
            }
          )
        }
      }
    },
  }
}

/** The same rules as the role lists have, said before anybody approves a name that they would refuse. */
const awsProblems: Record<AwsNameFault, string> = {
  'no-at': 'AWS user names here are work email addresses. Check yours in the AWS console.',
  'no-dot':
    'AWS user names here need a dot before the @, such as first.last@example.gov.uk. Without one, clusters give no access. Ask for a new AWS user with your work address as its name.',
  'too-long': 'AWS user names have at most 64 characters. Ask for a new AWS user with a shorter name.',
}

async function lookUp<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof SystemFailure)) throw error
    throw new ActRefused({
      code: 'github-unreachable',
      sentence:
        'Nothing has been changed because we could not reach GitHub. Your answers are still here. Try again in a minute.',
      status: 503,
    })
  }
}
