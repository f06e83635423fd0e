import type { SidebarsConfig } from '@docusaurus/plugin-content-docs';

/** The order in which the guide reads. A page that is missing here fails the tests. */
const sidebars: SidebarsConfig = {
  guide: [
    'index',
    {
      type: 'category',
      label: 'The track',
      collapsed: false,
      link: { type: 'doc', id: 'track/index' },
      items: ['track/network-policy'],
    },
    {
      type: 'category',
      label: 'Reference',
      collapsed: false,
      items: ['reference/network-policy-recipes', 'reference/policy-apis'],
    },
    'glossary',
    'contributing/index',
  ],
};

export default sidebars;
