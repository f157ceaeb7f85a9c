import { inLanguage } from '../../text/language.js';

/** Attributes for positions and sizes: two decimals of a pixel are enough, and reduce the size to a third. */
const GEOMETRY = new Set(['cx', 'cy', 'x', 'y', 'x1', 'x2', 'y1', 'y2', 'width', 'height', 'd', 'transform']);
const BEYOND_TWO_DECIMALS = /(\.\d\d)\d+/g;

/**
 * An element as Plot builds one: the few DOM calls that Plot makes. A whole DOM takes longer to load, and to
 * fill with some thousand marks, than all the rest of a report.
 */
export class DrawnElement {
  textContent = '';
  parentNode: DrawnElement | null = null;
  readonly #attributes = new Map<string, string>();
  readonly #children: DrawnElement[] = [];

  constructor(
    readonly ownerDocument: Drawing,
    readonly tagName: string,
  ) {}

  setAttribute(name: string, value: unknown): void {
    const text = String(value);
    this.#attributes.set(name, GEOMETRY.has(name) ? text.replace(BEYOND_TWO_DECIMALS, '$1') : text);
  }

  setAttributeNS(_namespace: string, name: string, value: unknown): void {
    this.setAttribute(name, value);
  }

  getAttribute(name: string): string | null {
    return this.#attributes.get(name) ?? null;
  }

  hasAttribute(name: string): boolean {
    return this.#attributes.has(name);
  }

  removeAttribute(name: string): void {
    this.#attributes.delete(name);
  }

  appendChild(child: DrawnElement): DrawnElement {
    child.parentNode = this;
    this.#children.push(child);
    return child;
  }

  /** Plot only appends. */
  insertBefore(child: DrawnElement, next: DrawnElement | null): DrawnElement {
    if (next !== null) throw new Error(`a chart cannot put <${child.tagName}> before <${next.tagName}>`);
    return this.appendChild(child);
  }

  /** As markup, every text and attribute escaped. */
  toString(): string {
    // The page has the style sheet; its policy would refuse another one.
    if (this.tagName === 'style') return '';
    let markup = `<${this.tagName}`;
    for (const [name, value] of this.#attributes) {
      // Plot names its groups for tools; a screen reader gets one description of the whole chart.
      if (this.tagName === 'g' && name.startsWith('aria-')) continue;
      markup += ` ${name}="${escapeMarkup(name === 'aria-label' ? inLanguage(value) : value)}"`;
    }
    return `${markup}>${escapeMarkup(inLanguage(this.textContent))}${this.#children.join('')}</${this.tagName}>`;
  }
}

/** The document that a plot is drawn on. */
export class Drawing {
  readonly documentElement: { ownerDocument: Drawing; namespaceURI: string } = {
    ownerDocument: this,
    namespaceURI: 'http://www.w3.org/1999/xhtml',
  };

  createElementNS(_namespace: string, name: string): DrawnElement {
    return new DrawnElement(this, name);
  }
}

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

function escapeMarkup(text: string): string {
  return text.replace(/[&<>"]/g, (character) => ENTITIES[character] as string);
}
