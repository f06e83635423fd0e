/** What every check reports: one place, one rule, one line that says how to mend it. */
export interface Fault {
  /** path as it was given, or below the repository */
  file: string;
  /** 1-based; 0 when the whole file is meant */
  line: number;
  /** 1-based; 0 when the whole line or file is meant */
  column: number;
  /** stable id of the rule, such as `unknown-field` */
  rule: string;
  severity: 'error' | 'warning';
  /** what was found, what was expected, how to mend it; one line */
  message: string;
  /** kind and name of the object, where one is known */
  kind?: string;
  name?: string;
  /** the Kubernetes minors in which this holds, oldest first; missing when the version plays no part */
  kubernetes?: string[];
  /** the offending line as it stands in the file */
  source?: string;
}

/** A place in a text: both numbers are 1-based. */
export interface Place {
  line: number;
  column: number;
}

/** Turns an offset into a text into a place, in O(log n) after one pass over the text. */
export class Lines {
  private readonly text: string;
  private readonly starts: number[] = [0];

  constructor(text: string) {
    this.text = text;
    for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) {
      this.starts.push(at + 1);
    }
  }

  at(offset: number): Place {
    let low = 0;
    let high = this.starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - (this.starts[low] ?? 0) + 1 };
  }

  /** The text of a 1-based line without its line end; '' outside of the text. */
  line(number: number): string {
    const start = this.starts[number - 1];
    if (start === undefined) return '';
    const end = this.starts[number];
    return this.text.slice(start, end === undefined ? undefined : end - 1).replace(/\r$/, '');
  }

  get count(): number {
    return this.starts.length;
  }
}
