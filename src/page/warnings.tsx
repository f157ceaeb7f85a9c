/** Warnings below the heading of a page, one in each notice. */
export function Warnings({ texts }: { texts: string[] }) {
  return (
    <>
      {texts.map((text) => (
        <p class="notice" key={text}>
          <strong>Warning</strong> {text}
        </p>
      ))}
    </>
  );
}
