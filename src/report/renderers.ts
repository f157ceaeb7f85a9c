import type { Run } from '../run/read.js';

/** Every format of a report: one renderer per file, loaded when it is needed. */
export const renderers = {
  html: async (run: Run) => (await import('./html/page.js')).renderPage(run),
  markdown: async (run: Run) => (await import('./markdown.js')).renderMarkdown(run),
  junit: async (run: Run) => (await import('./junit.js')).renderJunit(run),
  github: async (run: Run) => (await import('./github.js')).renderAnnotations(run),
  text: async (run: Run) => (await import('./plain-text.js')).renderPlainText(run),
  json: async (run: Run) => (await import('./json.js')).renderJson(run),
} as const;

export type ReportFormat = keyof typeof renderers;

export const reportFormats = Object.keys(renderers) as ReportFormat[];
