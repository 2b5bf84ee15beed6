import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { promisify } from 'node:util'
import packageJson from '../../package.json' with { type: 'json' }

const run = promisify(execFile)
const root = resolve(import.meta.dirname, '../..')
const packageVersion = packageJson.devDependencies['@sparticuz/chromium']

/** What a browser needs to start: the program, and the variables that let it find letters and libraries. */
export interface ChromiumFiles {
  executable: string
  env: Record<string, string>
}

/**
 * Unpacks the Chromium that comes as a package, once for this checkout, and answers where it is.
 * Nothing has to be installed on the machine: letters come with it, and so do libraries where the machine has none.
 */
export async function chromiumFiles(): Promise<ChromiumFiles> {
  const folder = join(root, 'node_modules/.cache/chromium', packageVersion)
  if (!existsSync(join(folder, 'chromium'))) await unpack(folder)
  const executable = join(folder, 'chromium')
  const env = { FONTCONFIG_FILE: join(folder, 'fonts.conf') }
  const own = { ...env, LD_LIBRARY_PATH: join(folder, 'al2023/lib') }
  // The packaged libraries are for machines that lack them: a machine's own fit its other libraries better.
  return { executable, env: (await starts(executable, env)) ? env : own }
}

/** Several test workers may come at once: each unpacks beside, and the first to finish gives its folder the name. */
async function unpack(folder: string): Promise<void> {
  await mkdir(dirname(folder), { recursive: true })
  const beside = await mkdtemp(`${folder}-`)
  try {
    // The package unpacks into the temporary folder, and its libraries only where it believes to run in a Lambda.
    const script = `const { default: chromium } = await import('@sparticuz/chromium'); await chromium.executablePath()`
    const env = { ...process.env, TMPDIR: beside, AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x' }
    await run(process.execPath, ['--input-type=module', '--eval', script], { cwd: root, env })
    await writeFile(join(beside, 'fonts.conf'), fontsConfiguration(folder))
    await rename(beside, folder)
  } catch (error) {
    if (!existsSync(join(folder, 'chromium'))) throw error
  } finally {
    await rm(beside, { recursive: true, force: true })
  }
}

async function starts(executable: string, env: Record<string, string>): Promise<boolean> {
  return run(executable, ['--version'], { env: { ...process.env, ...env } }).then(
    () => true,
    () => false,
  )
}

/** One typeface first, on every machine, so that pictures of pages look the same everywhere. */
function fontsConfiguration(folder: string): string {
  const first = ['sans-serif', 'system-ui', 'ui-sans-serif'].map(
    (family) => `<alias binding="strong"><family>${family}</family><prefer><family>Open Sans</family></prefer></alias>`,
  )
  const folders = [join(folder, 'fonts'), '/usr/share/fonts', '/usr/local/share/fonts']
  return `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
${folders.map((one) => `<dir>${one}</dir>`).join('\n')}
<cachedir>${join(folder, 'fonts-cache')}</cachedir>
${first.join('\n')}
</fontconfig>
`
}
