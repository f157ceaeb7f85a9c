import { inLanguage } from '../text/language.js';

/**
 * The only script of the live page. Each event has the summary, the changed rows, and the order of all rows if it
 * changed. Times are texts made by the server.
 */
export function pageScript(): string {
  const texts = JSON.stringify([inLanguage('live'), inLanguage('not connected: what is shown is old')]);
  return `
const [live, old] = ${texts};
const summary = document.getElementById('summary'), rows = document.getElementById('rows'), state = document.getElementById('line');
const events = new EventSource('events');
events.onopen = () => { state.textContent = live; };
events.onerror = () => { state.textContent = old; };
events.onmessage = ({ data }) => {
  const { head, changed, order } = JSON.parse(data);
  summary.innerHTML = head;
  for (const [key, html] of changed) { const row = document.getElementById(key); if (row) row.outerHTML = html; }
  for (const key of order ?? []) rows.append(document.getElementById(key));
};
`;
}
