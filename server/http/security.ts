import type { RequestHandler } from 'express'
import helmet from 'helmet'

/**
 * Headers for every answer. `frame-ancestors` is what keeps other sites from framing the connector and driving it, so
 * Trello's page origin stands there and nothing else. X-Frame-Options must stay off: Trello frames us.
 */
export function securityHeaders(trello: { pageOrigin: string; libraryUrl: string }, practice: boolean): RequestHandler {
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        'default-src': ["'none'"],
        'script-src': ["'self'", new URL(trello.libraryUrl).origin],
        'style-src': ["'self'"],
        'img-src': ["'self'", 'https:', 'data:'],
        'connect-src': ["'self'"],
        'font-src': ["'self'"],
        'frame-ancestors': [trello.pageOrigin],
        'base-uri': ["'none'"],
        'form-action': ["'none'"],
        'require-trusted-types-for': ["'script'"],
        'trusted-types': ["'none'"],
      },
    },
    xFrameOptions: false,
    crossOriginEmbedderPolicy: false,
    crossOriginOpenerPolicy: false,
    // Trello's page draws our icons.
    crossOriginResourcePolicy: { policy: 'cross-origin' },
    referrerPolicy: { policy: 'no-referrer' },
    // The practice board speaks http on loopback; telling a browser to insist on https there would lock it out.
    strictTransportSecurity: practice ? false : { maxAge: 31_536_000, includeSubDomains: false },
  })
}
