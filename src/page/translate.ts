import { type ComponentChildren, options, type VNode } from 'preact';
import { inLanguage } from '../text/language.js';

/** Elements whose text is for programs, or is a value. */
const VERBATIM = new Set<unknown>(['code', 'pre', 'style', 'script']);
/** Attributes that a person reads or hears. */
const READ = ['title', 'aria-label', 'alt'];

/**
 * Every text of a page is translated here once, when its element is made: pages are written only in English.
 */
const before = options.vnode;
options.vnode = (node: VNode) => {
  if (typeof node.type === 'string' && !VERBATIM.has(node.type)) translateProps(node.props as Props);
  before?.(node);
};

type Props = Record<string, unknown> & { children?: ComponentChildren };

function translateProps(props: Props): void {
  for (const name of READ) if (typeof props[name] === 'string') props[name] = inLanguage(props[name]);
  const { children } = props;
  if (isText(children)) props.children = inLanguage(String(children));
  else if (Array.isArray(children)) props.children = joined(children).map(textInLanguage);
}

/** Text and values that follow each other are one sentence. */
function joined(children: ComponentChildren[]): ComponentChildren[] {
  const parts: ComponentChildren[] = [];
  for (const child of children) {
    const last = parts.at(-1);
    if (isText(child) && isText(last)) parts[parts.length - 1] = `${last}${child}`;
    else parts.push(child);
  }
  return parts;
}

function textInLanguage(child: ComponentChildren): ComponentChildren {
  if (!isText(child)) return child;
  const text = String(child);
  // A message behind a name that is an element of its own.
  const [, message = ''] = /^: (.+)$/s.exec(text) ?? [];
  const shown = inLanguage(message);
  return shown === message ? inLanguage(text) : `：${shown}`;
}

function isText(child: unknown): child is string | number {
  return typeof child === 'string' || typeof child === 'number';
}
