import type { PrismTheme } from 'prism-react-renderer';

/** Colours of code blocks; each has at least 4.5:1 contrast on its background, comments too. */
function theme(
  plain: PrismTheme['plain'],
  colours: {
    comment: string;
    key: string;
    string: string;
    number: string;
    keyword: string;
    mark: string;
  },
): PrismTheme {
  return {
    plain,
    styles: [
      { types: ['comment', 'prolog'], style: { color: colours.comment, fontStyle: 'italic' } },
      {
        types: ['atrule', 'attr-name', 'property', 'tag', 'function'],
        style: { color: colours.key },
      },
      { types: ['string', 'attr-value', 'inserted'], style: { color: colours.string } },
      {
        types: ['number', 'boolean', 'constant', 'null', 'datetime'],
        style: { color: colours.number },
      },
      { types: ['keyword', 'builtin', 'operator', 'deleted'], style: { color: colours.keyword } },
      { types: ['punctuation', 'important'], style: { color: colours.mark } },
    ],
  };
}

export const light = theme(
  { color: '#1f2328', backgroundColor: '#f6f8fa' },
  {
    comment: '#57606a',
    key: '#0b4f9e',
    string: '#0a5f38',
    number: '#8a3b00',
    keyword: '#a3194f',
    mark: '#4b535d',
  },
);

export const dark = theme(
  { color: '#e6e9ef', backgroundColor: '#1e232b' },
  {
    comment: '#a3adba',
    key: '#8cc2ff',
    string: '#8fdcb0',
    number: '#ffb77a',
    keyword: '#ff9ebb',
    mark: '#b8c0cc',
  },
);
