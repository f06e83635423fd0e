import type { ReactNode } from 'react';
import type { SnippetVerdict } from '../remark/verdict.ts';

/** A block of manifests with the verdict that the checker gave it when the page was built. */
export function Snippet({ verdict, children }: { verdict: string; children: ReactNode }) {
  const { status, kubernetes, channel, fragment, messages } = JSON.parse(verdict) as SnippetVerdict;
  const by = `Kubernetes ${kubernetes.join(', ')}${channel ? `, Gateway API ${channel} channel` : ''}`;
  return (
    <figure className={`snippet snippet--${status}`}>
      {status === 'rejected' && (
        <p className="snippet__banner">Wrong on purpose: do not apply this</p>
      )}
      {status === 'fault' && <p className="snippet__banner">This block does not pass the checks</p>}
      {children}
      <figcaption className="snippet__verdict">
        {status === 'accepted' ? (
          <>
            <span className="snippet__mark">Accepted</span> by the schemas of {by}
            {fragment && <> as {fragment}</>}
          </>
        ) : (
          <>
            <span className="snippet__mark">{status === 'rejected' ? 'Rejected' : 'Fault'}</span>{' '}
            {status === 'rejected' && 'by the checker:'}
            <ul>
              {messages.map(({ rule, message }) => (
                <li key={rule + message}>
                  <code>{rule}</code> {message}
                </li>
              ))}
            </ul>
          </>
        )}
      </figcaption>
    </figure>
  );
}
