import type { ComponentChildren } from 'preact';

/** A chart with its title and a note on how to read it; on a narrow screen only the chart scrolls. */
export function Figure({
  title,
  label = title,
  svg,
  wide = false,
  children,
}: {
  title: string;
  /** Name for a screen reader, if several charts have the same title. */
  label?: string;
  /** From `drawSvg`, which escapes its texts. */
  svg: string;
  /** The chart has the whole width of the page. */
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
