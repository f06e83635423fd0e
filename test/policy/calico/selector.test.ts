import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type LabelTest, parseSelector } from '../../../src/policy/calico/selector.ts';

const labels: Record<string, string> = { role: 'web', env: 'prod-eu', 'a.b/c_d-e': 'x', empty: '' };
const holds = (selector: string, options: Parameters<typeof parseSelector>[1] = {}) =>
  parseSelector(selector, options)((label) => labels[label]);

describe('operators: NetworkPolicy reference, "Selectors"', () => {
  test.each([
    ["role == 'web'", true],
    ['role == "web"', true],
    ["role == 'api'", false],
    ["none == 'web'", false],
    ["none == ''", false],
    ["empty == ''", true],
    ["role != 'api'", true],
    ["role != 'web'", false],
    ["none != 'web'", true],
    ['role in { \'web\', "api" }', true],
    ["role in {'api'}", false],
    ["none in {'web'}", false],
    ["role not in {'web'}", false],
    ["role not in {'api'}", true],
    ["none not in {'web'}", true],
    ['has(role)', true],
    ['has(none)', false],
    ['has(empty)', true],
    ['!has(none)', true],
    ["env contains 'od-e'", true],
    ["env contains 'web'", false],
    ["none contains ''", false],
    ["env starts with 'prod'", true],
    ["env starts with 'eu'", false],
    ["none starts with ''", false],
    ["env ends with 'eu'", true],
    ["env ends with 'prod'", false],
    ["none ends with ''", false],
    ["a.b/c_d-e == 'x'", true],
    ['all()', true],
    ['', true],
    [' \t ', true],
  ])('%s is %s', (selector, expected) => {
    expect(holds(selector)).toBe(expected);
  });
});

describe('precedence: libcalico-go/lib/selector/parser/parser.go', () => {
  test.each([
    // && binds tighter than ||
    ['has(role) || has(none) && has(none)', true],
    ['(has(role) || has(none)) && has(none)', false],
    ['has(none) && has(none) || has(role)', true],
    // ! binds tighter than &&
    ['!has(none) && has(role)', true],
    ['!(has(none) && has(role))', true],
    ['!has(role) || !has(none)', true],
    ['!!has(role)', true],
    ['! ! !has(role)', false],
    ['!all()', false],
    ["!role == 'api'", true],
  ])('%s is %s', (selector, expected) => {
    expect(holds(selector)).toBe(expected);
  });
});

describe('what the tokenizer takes: libcalico-go/lib/selector/tokenizer/tokenizer.go', () => {
  test.each([
    ["role=='web'&&env!='x'", true],
    ["role in{'web'}", true],
    ["role notin {'api'}", true],
    ["env startswith'prod'", true],
    ["role in {'web',}", true],
    ['role in {}', false],
    ['role not in {}', true],
    ['has( role )', true],
    ['all( )', true],
    // Names of functions and operators are labels too, where a label stands.
    ["has == 'x'", false],
    ["in in {'in'}", false],
    // No escapes, the other quote is a character.
    [`role != "it's"`, true],
    [`role == '\\'`, false],
  ])('%s is accepted and %s', (selector, expected) => {
    expect(holds(selector)).toBe(expected);
  });

  test.each([
    "role = 'web'",
    'role == web',
    'role',
    'role ==',
    "role == 'web",
    "role == 'web' env == 'x'",
    "role in 'web'",
    "role in {'web' 'api'}",
    "role in {'web'",
    "role like 'web'",
    "role not 'web'",
    "env starts 'prod'",
    'has()',
    'has (role)',
    'has(role',
    'all',
    'all (',
    "(role == 'web'",
    "role == 'web')",
    'has(role) &',
    'has(role) | has(env)',
    'has(role) &&',
    '&& has(role)',
    '!',
    '()',
    "'role' == 'web'",
    'röle == "web"',
    // A line end is no blank: what a block scalar of YAML ends with.
    "role == 'web'\n",
  ])('%j is refused', (selector) => {
    expect(() => parseSelector(selector)).toThrow(/^selector, character \d+: expected /);
  });

  test('an error says where and what', () => {
    expect(() => parseSelector("role == 'a' && env = 'b'")).toThrow(
      'selector, character 20: expected ==, !=, in, not in, contains, starts with or ends with, found "= \'b\'"',
    );
    expect(() => parseSelector('has(role')).toThrow('expected ), found the end');
  });
});

describe('all() and global(): EntityRule namespaceSelector', () => {
  const never: LabelTest = () => false;

  test('all() means what the field says it means', () => {
    expect(holds('all()', { all: never })).toBe(false);
    expect(holds('!all()', { all: never })).toBe(true);
  });

  test('global() is refused where it has no meaning', () => {
    expect(() => parseSelector('global()')).toThrow('namespaceSelector of a rule');
    expect(() => parseSelector('has(role) || global()')).toThrow('namespaceSelector of a rule');
  });

  test('global() stands alone', () => {
    expect(holds('global()', { global: never })).toBe(false);
    expect(holds(' global( ) ', { global: () => true })).toBe(true);
    expect(() => parseSelector('global() || has(a)', { global: never })).toThrow('stands alone');
    expect(() => parseSelector('!global()', { global: never })).toThrow('stands alone');
  });

  test('a prefix is put before every label name, not before values', () => {
    const asked: string[] = [];
    parseSelector("has(a) || b == 'c' || d in {'f'} || g contains 'h' || !(i != 'j')", {
      prefix: 'pcns.',
    })((label) => {
      asked.push(label);
      return undefined;
    });
    expect(asked).toEqual(['pcns.a', 'pcns.b', 'pcns.d', 'pcns.g', 'pcns.i']);
    expect(holds("role == 'web'", { prefix: 'pcns.' })).toBe(false);
  });
});

/** A selector as text, with the meaning it must have. */
interface Known {
  text: string;
  means: LabelTest;
}

const name = fc.constantFrom('a', 'b', 'x.y/z', 'in', 'has');
const value = fc.constantFrom('', 'v', 'vw', 'wv', 'w', '&& ||', ')');
const quoted = (v: string) => fc.constantFrom(`'${v}'`, `"${v}"`);
const literal = value.chain((v) => quoted(v).map((text) => ({ v, text })));
const blank = fc.constantFrom(' ', '  ', '\t');

const compare = (operator: string, holds: (found: string | undefined, v: string) => boolean) =>
  fc.tuple(name, blank, blank, literal).map(
    ([n, left, right, { v, text }]): Known => ({
      text: `${n}${left}${operator}${right}${text}`,
      means: (label) => holds(label(n), v),
    }),
  );
const sets = (operator: string, inside: boolean) =>
  fc.tuple(name, fc.array(literal, { maxLength: 3 })).map(
    ([n, list]): Known => ({
      text: `${n} ${operator} {${list.map(({ text }) => text).join(', ')}}`,
      means: (label) => list.some(({ v }) => v === label(n)) === inside,
    }),
  );
const simple = fc.oneof(
  compare('==', (found, v) => found === v),
  compare('!=', (found, v) => found !== v),
  compare('contains', (found, v) => found?.includes(v) ?? false),
  compare('starts with', (found, v) => found?.startsWith(v) ?? false),
  compare('ends with', (found, v) => found?.endsWith(v) ?? false),
  sets('in', true),
  sets('not in', false),
  name.map((n): Known => ({ text: `has(${n})`, means: (label) => label(n) !== undefined })),
  fc.constant<Known>({ text: 'all()', means: () => true }),
);
/** Written with every bracket, so that its meaning does not rest on precedence. */
const expression = fc.letrec<{ known: Known }>((tie) => ({
  known: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    simple,
    tie('known').map((k): Known => ({ text: `!(${k.text})`, means: (l) => !k.means(l) })),
    fc.tuple(tie('known'), tie('known')).map(
      ([p, q]): Known => ({
        text: `(${p.text}) && (${q.text})`,
        means: (l) => p.means(l) && q.means(l),
      }),
    ),
    fc.tuple(tie('known'), tie('known')).map(
      ([p, q]): Known => ({
        text: `(${p.text}) || (${q.text})`,
        means: (l) => p.means(l) || q.means(l),
      }),
    ),
  ),
})).known;
const someLabels = fc.dictionary(name, value).map((found) => {
  const map = new Map(Object.entries(found));
  return (label: string) => map.get(label);
});

describe('properties', () => {
  test('every expression means what it is made of', () => {
    fc.assert(
      fc.property(expression, someLabels, ({ text, means }, label) => {
        expect(parseSelector(text)(label)).toBe(means(label));
      }),
      { numRuns: 500 },
    );
  });

  test('without brackets, || divides what && holds together', () => {
    const row = fc.array(fc.array(simple, { minLength: 1, maxLength: 3 }), {
      minLength: 1,
      maxLength: 3,
    });
    fc.assert(
      fc.property(row, someLabels, (ors, label) => {
        const text = ors.map((ands) => ands.map((k) => k.text).join(' && ')).join(' || ');
        const means = ors.some((ands) => ands.every((k) => k.means(label)));
        expect(parseSelector(text)(label)).toBe(means);
      }),
    );
  });

  test('== and != are opposites, as are in and not in, whatever the label', () => {
    fc.assert(
      fc.property(name, literal, someLabels, (n, { text }, label) => {
        const is = (selector: string) => parseSelector(selector)(label);
        expect(is(`${n} == ${text}`)).toBe(!is(`${n} != ${text}`));
        expect(is(`${n} in {${text}}`)).toBe(!is(`${n} not in {${text}}`));
      }),
    );
  });

  test('a text is read or refused with a reason, and never anything else', () => {
    const pieces = fc.constantFrom(
      ...['a', ' ', '(', ')', '{', '}', ',', "'", '"', '==', '!=', '!', '&&', '||', 'in', 'not'],
      ...['has(', 'all(', 'global(', 'contains', 'starts', 'ends', 'with', 'x', '\n', 'é'],
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 12 }), (list) => {
        try {
          expect(typeof parseSelector(list.join(''))(() => 'a')).toBe('boolean');
        } catch (error) {
          expect((error as Error).message).toMatch(
            /^selector, character \d+: expected |^global\(\)/,
          );
        }
      }),
      { numRuns: 1000 },
    );
  });
});
