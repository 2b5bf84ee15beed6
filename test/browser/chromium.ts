import { type Browser, chromium } from 'playwright-core'
import { chromiumFiles } from './chromium-files.ts'

/**
 * Arguments of our own. The package's would switch off web security and site isolation, and run all in one process:
 * frame-ancestors, origins and `postMessage` targets would then not be tested at all.
 */
const args = [
  '--no-sandbox',
  '--no-zygote',
  '--disable-gpu',
  '--disable-quic',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-domain-reliability',
  '--no-first-run',
  '--no-pings',
  '--font-render-hinting=none',
]

/** A real Chromium that the packages bring; the caller closes it. It speaks to loopback only. */
export async function launchBrowser(): Promise<Browser> {
  const { executable, env } = await chromiumFiles()
  return chromium.launch({
    executablePath: executable,
    headless: true,
    args: [...args, '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1'],
    env: { ...definedEnvironment(), ...env },
  })
}

function definedEnvironment(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  )
}
