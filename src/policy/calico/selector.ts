/** Looks a label up; undefined when it is missing. */
export type Lookup = (label: string) => string | undefined;

/** Whether labels are selected by a selector expression. */
export type LabelTest = (label: Lookup) => boolean;

export interface SelectorOptions {
  /** put before every label name: the labels of a namespace are found below `pcns.` */
  prefix?: string;
  /** what `all()` stands for; everything when missing */
  all?: LabelTest;
  /** what `global()` stands for; where it is missing, `global()` is refused */
  global?: LabelTest;
}

/**
 * Reads a selector expression of Calico. An empty one selects everything. Source: the table "Selectors" of
 * the NetworkPolicy reference; where it is silent, libcalico-go/lib/selector (tokenizer and parser).
 *
 * @throws Error with what was expected and where
 */
export function parseSelector(text: string, options: SelectorOptions = {}): LabelTest {
  return new SelectorParser(text, options).parse();
}

/** Recursive descent: `||` binds weakest, then `&&`, then `!`. */
class SelectorParser {
  private readonly text: string;
  private readonly options: SelectorOptions;
  private at = 0;

  constructor(text: string, options: SelectorOptions) {
    this.text = text;
    this.options = options;
  }

  parse(): LabelTest {
    this.skipBlanks();
    if (this.at === this.text.length) return () => true;
    const { global } = this.options;
    // It cannot be a part of an expression (libcalico-go/lib/validator/v3, validateEntityRule).
    if (global && /^[ \t]*global\([ \t]*\)[ \t]*$/.test(this.text)) return global;
    const test = this.either();
    if (this.at < this.text.length) throw this.expected('&&, || or the end');
    return test;
  }

  private either(): LabelTest {
    const parts = [this.both()];
    while (this.take('||')) parts.push(this.both());
    return parts.length === 1 ? (parts[0] as LabelTest) : (label) => parts.some((p) => p(label));
  }

  private both(): LabelTest {
    const parts = [this.term()];
    while (this.take('&&')) parts.push(this.term());
    return parts.length === 1 ? (parts[0] as LabelTest) : (label) => parts.every((p) => p(label));
  }

  private term(): LabelTest {
    let negated = false;
    while (this.take('!')) negated = !negated;
    const test = this.operand();
    return negated ? (label) => !test(label) : test;
  }

  private operand(): LabelTest {
    if (this.take('(')) {
      const test = this.either();
      this.need(')');
      return test;
    }
    // There is no blank before the bracket of a function: `has (a)` would be a label named has.
    if (this.take('all(')) {
      this.need(')');
      return this.options.all ?? (() => true);
    }
    if (this.text.startsWith('global(', this.at)) {
      throw new Error(
        this.options.global
          ? 'global() stands alone; it cannot be combined with other selectors'
          : 'global() can only stand in the namespaceSelector of a rule',
      );
    }
    if (this.take('has(')) {
      const name = this.labelName();
      this.need(')');
      return (label) => label(name) !== undefined;
    }
    return this.comparison();
  }

  private comparison(): LabelTest {
    const name = this.labelName();
    // A missing label equals no value, is unequal to every value, and is in no set.
    if (this.take('==')) {
      const value = this.string();
      return (label) => label(name) === value;
    }
    if (this.take('!=')) {
      const value = this.string();
      return (label) => label(name) !== value;
    }
    if (this.take('contains')) return this.part(name, (found, value) => found.includes(value));
    if (this.takeBoth('starts', 'with')) return this.part(name, (a, b) => a.startsWith(b));
    if (this.takeBoth('ends', 'with')) return this.part(name, (a, b) => a.endsWith(b));
    const inverted = this.takeBoth('not', 'in');
    if (!inverted && !this.take('in')) {
      throw this.expected('==, !=, in, not in, contains, starts with or ends with');
    }
    const values = this.values();
    return (label) => {
      const found = label(name);
      return (found !== undefined && values.has(found)) !== inverted;
    };
  }

  /** `{'a', 'b'}`; it may be empty, and a comma may stand at its end. */
  private values(): Set<string> {
    const values = new Set<string>();
    this.need('{');
    while (this.atString()) {
      values.add(this.string());
      if (!this.take(',')) break;
    }
    this.need('}');
    return values;
  }

  /** A comparison that a missing label never passes. */
  private part(name: string, holds: (found: string, value: string) => boolean): LabelTest {
    const value = this.string();
    return (label) => {
      const found = label(name);
      return found !== undefined && holds(found, value);
    };
  }

  private atString(): boolean {
    return this.text[this.at] === "'" || this.text[this.at] === '"';
  }

  /** Either quote; nothing can be escaped. */
  private string(): string {
    if (!this.atString()) throw this.expected('a quoted value');
    const end = this.text.indexOf(this.text[this.at] as string, this.at + 1);
    if (end === -1) throw this.expected('a quote that ends this value');
    const value = this.text.slice(this.at + 1, end);
    this.at = end + 1;
    this.skipBlanks();
    return value;
  }

  private labelName(): string {
    const name = /^[A-Za-z0-9_./-]+/.exec(this.text.slice(this.at))?.[0];
    if (name === undefined) throw this.expected('a label, has(…), all() or (');
    this.at += name.length;
    this.skipBlanks();
    return (this.options.prefix ?? '') + name;
  }

  private take(token: string): boolean {
    if (!this.text.startsWith(token, this.at)) return false;
    this.at += token.length;
    this.skipBlanks();
    return true;
  }

  /** Two words, with or without blanks between them. */
  private takeBoth(first: string, second: string): boolean {
    const start = this.at;
    if (this.take(first) && this.take(second)) return true;
    this.at = start;
    return false;
  }

  private need(token: string): void {
    if (!this.take(token)) throw this.expected(token);
  }

  /** Blanks and tabs alone: a line end, as a block scalar of YAML leaves one, is refused. */
  private skipBlanks(): void {
    while (this.text[this.at] === ' ' || this.text[this.at] === '\t') this.at++;
  }

  private expected(what: string): Error {
    const rest = this.text.slice(this.at);
    const found = rest === '' ? 'the end' : JSON.stringify(rest.slice(0, 20));
    return new Error(`selector, character ${this.at + 1}: expected ${what}, found ${found}`);
  }
}
