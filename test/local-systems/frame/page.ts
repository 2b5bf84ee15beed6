/** Pages for people: one button for each thing to do. */
export interface Page {
  html: string | null
  /** Where to go after something was done. */
  goTo: string | null
}

const style = `:root{color-scheme:light dark}body{font:16px/1.5 system-ui;max-width:720px;margin:32px auto;padding:0 16px}
small{border:1px solid;border-radius:4px;padding:2px 8px;opacity:.8}section{margin:24px 0}form{display:inline-block;margin:4px 8px 4px 0}
button,select{font:inherit;padding:6px 12px;border-radius:6px;border:1px solid #8888}pre{white-space:pre-wrap;border:1px solid #8886;border-radius:6px;padding:12px}`

export const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')

/** @param system whose stand-in this is: `GitHub` */
export const pageOf = (system: string, title: string, inner: string): Page => ({
  goTo: null,
  html: `<!doctype html><html lang="en-GB"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escaped(title)}</title><link rel="icon" href="data:,"><style>${style}</style></head><body><p><a href="/"><small>Practice ${system} – not ${system}</small></a></p>${inner}</body></html>`,
})

export const goTo = (path: string): Page => ({ html: null, goTo: path })
