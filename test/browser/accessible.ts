import axe from 'axe-core'
import type { Frame, Page } from 'playwright-core'

interface Axe {
  run(
    context: Document,
    options: { runOnly?: string[] },
  ): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }>
}

/**
 * What axe finds wrong with one page or frame, in the theme that it has.
 * @param only rules to run; all of them where none are named
 */
export async function accessible(page: Page | Frame, only: string[] = []): Promise<string[]> {
  await page
    .evaluate((source) => {
      // The page's own policy forbids script elements; the tester's evaluation is not bound by it.
      if (!('axe' in window)) new Function(source)()
    }, axe.source)
    .catch(() => {})
  return page.evaluate(async (runOnly) => {
    const axe = (window as unknown as { axe?: Axe }).axe
    if (!axe) return ['axe did not load']
    const { violations } = await axe.run(document, runOnly.length > 0 ? { runOnly } : {})
    return violations.map(
      (one) =>
        `${one.id}: ${one.nodes
          .map((node) => node.html)
          .join(' ')
          .slice(0, 300)}`,
    )
  }, only)
}

/** What our own musts find wrong: disabled controls, live regions, small targets, sideways scrolling, the height at rest. */
export async function ownMusts(page: Page | Frame, most: { height?: number } = {}): Promise<string[]> {
  return page.evaluate(({ height = Number.POSITIVE_INFINITY }) => {
    const found: string[] = []
    if (document.documentElement.lang !== 'en-GB') found.push('the language is not en-GB')
    if (document.querySelectorAll('[role=status], [aria-live]').length !== 1) found.push('not one live region')
    if (document.querySelectorAll('h1').length !== 1) found.push('not one h1')
    if (document.querySelector(':disabled, [aria-disabled=true]')) found.push('a disabled control')
    const { scrollWidth, clientWidth } = document.documentElement
    if (scrollWidth > clientWidth) found.push(`scrolls sideways: ${scrollWidth} of ${clientWidth} pixels`)
    const tall = document.querySelector('main')?.scrollHeight ?? 0
    if (tall > height) found.push(`${tall} pixels high`)
    for (const control of document.querySelectorAll<HTMLElement>('button, a, summary, select, input, textarea')) {
      const { width, height: high } = control.getBoundingClientRect()
      if (width === 0 && high === 0) continue
      const least = control.matches('button.primary, button.danger') ? 32 : 24
      if (high < least || width < 24) found.push(`a target of ${width} by ${high}: ${control.outerHTML.slice(0, 80)}`)
      const name = (control.getAttribute('aria-label') ?? '').toLowerCase()
      const seen = control.innerText.replace('↗', '').trim().toLowerCase()
      if (name !== '' && !name.includes(seen)) found.push(`"${seen}" is called "${name}"`)
      if (/^(here|show|copy)$/.test(name || seen)) found.push(`a control that reads "${seen}" alone`)
    }
    return found
  }, most)
}
