import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { launchBrowser } from './chromium.ts'

test('the packaged browser starts, draws letters, and keeps the web’s own rules', async () => {
  // A page that nobody may frame: with web security off it would load all the same.
  const server = createServer((request, response) => {
    const framed = request.url === '/framed'
    response.writeHead(200, {
      'content-type': 'text/html',
      ...(framed ? { 'content-security-policy': "frame-ancestors 'none'" } : {}),
    })
    response.end(framed ? '<p>framed</p>' : '<h1>A page</h1><iframe src="/framed"></iframe>')
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const browser = await launchBrowser()
  try {
    const page = await browser.newPage()
    const refusal = page.waitForEvent('console', (message) => message.text().includes('frame-ancestors'))
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
    expect(
      await page.getByRole('heading').evaluate((heading) => heading.getBoundingClientRect().width),
    ).toBeGreaterThan(50)
    expect((await refusal).type()).toBe('error')
  } finally {
    await browser.close()
    server.closeAllConnections()
    await new Promise((done) => server.close(done))
  }
})
