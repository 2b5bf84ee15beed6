import { account, listsRepository, org } from './practice-people.ts'
import { awsAccounts, googleGroup } from './practice-seed.ts'
import type { Systems } from './practice-systems.ts'

/** As the clusters have it: the team of Deploy may do everything, whatever the rules page says. */
const argoPolicy = `g, ${org}:production-deploy, role:admin\n`

/**
 * What an installation writes down: which real names stand behind the rules' symbolic ones.
 * @param around systems that run here; pages of the others lead nowhere
 */
export function installation(githubOrigin: string, around: Partial<Systems> = {}) {
  const team = (slug: string, name: string) => ({
    org,
    team: slug,
    name,
    page: `${githubOrigin}/orgs/${org}/teams/${slug}`,
    invitation: `${githubOrigin}/orgs/${org}/invitation`,
  })
  const lists = (environment: string) => ({
    repository: listsRepository,
    branch: 'main',
    path: `data/infra-security/${environment}/common.tfvars`,
    page: `${aws}${environment}`,
  })
  const readRole = (environment: keyof typeof awsAccounts) =>
    `arn:aws:iam::${awsAccounts[environment]}:role/production-access-read`
  const read = (environment: keyof typeof awsAccounts) => ({
    readAs: readRole(environment),
    adminRoles: ['{local}-admin', '{local}-poweruser'],
  })
  const page = (name: string) => `https://${name}.example.gov.uk/`
  const aws = around.aws ? `${around.aws.origin}/` : page('aws')
  const signon = around.signon ? `${around.signon.origin}/` : page('signon')
  const logit = around.logit ? `${around.logit.origin}/` : page('logit')
  return {
    awsBaseAccount: account,
    machines: ['production-access@example-project.iam.gserviceaccount.com', 'production-access@example.gov.uk'],
    awsRead: {
      base: readRole('base'),
      environments: { staging: read('staging'), production: read('production'), tools: read('tools') },
    },
    targets: {
      'github:production-deploy': team('production-deploy', 'GOV.UK Production Deploy'),
      'github:production-admin': team('production-admin', 'GOV.UK Production Admin'),
      'aws:base': { page: aws },
      'aws:staging': lists('staging'),
      'aws:production': lists('production'),
      'aws:tools': lists('tools'),
      'argo-cd:staging': { page: page('argo.staging'), 'policy.csv': argoPolicy },
      'argo-cd:production': { page: page('argo.production'), 'policy.csv': argoPolicy },
      'signon:production': {
        page: `${signon}users`,
        invite: `${signon}users/invitation/new`,
        twoStep: `${signon}account/two-step`,
        stagingPage: `${signon}staging/users`,
      },
      'logit:users': {
        team: 'GOV.UK Users',
        page: logit,
        signIn: `${logit}sign-in`,
        ...(around.logit ? { account: around.logit.account } : {}),
      },
      'gcp:access': {
        group: googleGroup,
        page: around.google ? `${around.google.origin}/groups/production-access` : page('groups'),
      },
      'fastly:account': around.fastly
        ? {
            customer: around.fastly.customer,
            page: `${around.fastly.origin}/account/users`,
            invitation: `${around.fastly.origin}/invitations`,
          }
        : { page: page('fastly') },
      'sentry:organisation': around.sentry
        ? {
            organisation: around.sentry.organisation,
            team: '#developers',
            page: `${around.sentry.origin}/settings/members/`,
            invitation: `${around.sentry.origin}/accept`,
          }
        : { page: page('sentry') },
    },
  }
}
