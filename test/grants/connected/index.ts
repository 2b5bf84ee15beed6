import { argoCd, fastly, github, google, sentry } from './by-api.ts'
import { logit, signon } from './by-hand.ts'
import { aws, repository } from './lists.ts'
import type { Connected } from './stand.ts'

/** Every system that the product speaks to, as one list: a new adapter joins the whole grants and revokes by one entry. */
export const connected: Connected[] = [github, argoCd, repository, aws, signon, logit, google, fastly, sentry]
