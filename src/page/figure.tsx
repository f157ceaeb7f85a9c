import type { ComponentChildren } from 'preact';

/** A chart with its title and what to read from it; on a narrow screen it scrolls by itself. */
export function Figure({
  title,
  label = title,
  svg,
  wide = false,
  children,
}: {
  title: string;
  /** Names it for a screen reader, where the title alone is there several times. */
  label?: string;
  /** From `drawSvg`, which escapes what it is given. */
  svg: string;
  /** Drawn for the whole width of the page. */
  wide?: boolean;
  children?: ComponentChildren;
}) {
  return (
    <figure class={wide ? 'wide' : undefined}>
      <h3>{title}</h3>
      <section
        class="scroll"
        aria-label={label}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls has to be reachable by keyboard
        tabIndex={0}
        dangerouslySetInnerHTML={{ __html: svg }}
      />
      {children && <figcaption>{children}</figcaption>}
    </figure>
  );
}
