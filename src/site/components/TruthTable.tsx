import type { TruthTableData } from '../remark/truth-table.ts';

const marks = { allowed: '●', some: '◐', denied: '○', open: '?', self: '' } as const;

/** Who may talk to whom in an example: computed from its manifests when the page was built. */
export function TruthTable({ data }: { data: string }) {
  const { title, example, names, cells } = JSON.parse(data) as TruthTableData;
  return (
    <figure className="truth">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <section className="table-scroll" aria-label={title} tabIndex={0}>
        <table>
          <thead>
            <tr>
              <th scope="col">from ↓ to →</th>
              {names.to.map((name) => (
                <th key={name} scope="col">
                  <SideName name={name} />
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {cells.map((row, i) => (
              <tr key={names.from[i]}>
                <th scope="row">
                  <SideName name={names.from[i] ?? ''} />
                </th>
                {row.map(({ text, outcome, because }, j) => (
                  <td key={names.to[j]} className={`truth__${outcome}`} title={because}>
                    <span aria-hidden="true">{marks[outcome]}</span> {text}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      <figcaption className="snippet__verdict">
        <span className="snippet__mark">Computed</span> from the manifests of {example}: {title}.
        Ports without a protocol are TCP.
      </figcaption>
    </figure>
  );
}

/** `shop/web`, which may be broken behind the slash. */
function SideName({ name }: { name: string }) {
  const slash = name.indexOf('/') + 1;
  return (
    <>
      {name.slice(0, slash)}
      <wbr />
      {name.slice(slash)}
    </>
  );
}
