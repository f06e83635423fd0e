import type { ReactNode } from 'react';

/** A question whose options explain themselves when opened. It works without JavaScript. */
export function Question({ title, children }: { title: string; children: ReactNode }) {
  return (
    <fieldset className="question">
      <legend>{title}</legend>
      {children}
    </fieldset>
  );
}

/** One answer to a question: the reader opens it to see whether it is right, and why. */
export function Option({
  label,
  correct = false,
  children,
}: {
  label: string;
  correct?: boolean;
  children: ReactNode;
}) {
  return (
    <details className={`option option--${correct ? 'right' : 'wrong'}`}>
      <summary>{label}</summary>
      <div className="option__answer">
        <strong>{correct ? 'Right.' : 'Not this one.'}</strong>
        {children}
      </div>
    </details>
  );
}
