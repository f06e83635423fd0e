import Link from '@docusaurus/Link';
import type { PageVerdict as Summary } from '../remark/verdict.ts';

/** The line on top of a page that says what was checked, from the results of the build. */
export function PageVerdict({ summary }: { summary: string }) {
  const { kubernetes, accepted, rejected, faults, diagrams } = JSON.parse(summary) as Summary;
  const blocks = (n: number) => `${n} YAML ${n === 1 ? 'block' : 'blocks'}`;
  return (
    <p className={`page-verdict${faults ? ' page-verdict--fault' : ''}`}>
      <strong>{faults ? `${blocks(faults)} not as stated.` : 'Level 1: accepted.'}</strong>{' '}
      {blocks(accepted)} accepted by Kubernetes {kubernetes.join(', ')}
      {rejected > 0 && <>, {rejected} wrong on purpose and rejected</>}
      {diagrams > 0 && <>, {diagrams === 1 ? '1 diagram' : `${diagrams} diagrams`} parsed</>}.{' '}
      <Link to="/#how-the-guide-proves-what-it-says">What the levels mean</Link>
    </p>
  );
}
