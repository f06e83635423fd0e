import Link from '@docusaurus/Link';
import type { PageVerdict as Summary } from '../remark/verdict.ts';

/** The lines on top of a page that say what was checked, from the results of the build. */
export function PageVerdict({ summary }: { summary: string }) {
  const { kubernetes, accepted, rejected, faults, diagrams, tables, pairs } = JSON.parse(
    summary,
  ) as Summary;
  return (
    <div className={`page-verdict${faults ? ' page-verdict--fault' : ''}`}>
      <p>
        <strong>
          {faults ? `${count(faults, 'fault')}: not as stated.` : 'Level 1, accepted:'}
        </strong>{' '}
        {count(accepted, 'YAML block')} by the schemas of Kubernetes {kubernetes.join(', ')}
        {rejected > 0 && <>; {rejected} wrong on purpose and rejected</>}
        {diagrams > 0 && <>; {count(diagrams, 'diagram')} parsed</>}.
      </p>
      {tables > 0 && (
        <p>
          <strong>Level 3, behaves:</strong> {count(tables, 'truth table')} computed and as stated,{' '}
          {count(pairs, 'pair')} of who may talk to whom.
        </p>
      )}
      <p>
        <Link to="/#how-the-guide-proves-what-it-says">What the levels mean</Link>
      </p>
    </div>
  );
}

function count(n: number, word: string): string {
  return `${n.toLocaleString('en')} ${word}${n === 1 ? '' : 's'}`;
}
