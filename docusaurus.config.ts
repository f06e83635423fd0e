import type * as Preset from '@docusaurus/preset-classic';
import type { Config } from '@docusaurus/types';
import { watchEmbeddedFiles } from './src/site/plugin/watch-embedded-files.ts';
import { remarkSnippets } from './src/site/remark/snippets.ts';
import * as codeThemes from './src/site/styles/code-theme.ts';

const config: Config = {
  title: 'Kubernetes Networking, Executable',
  tagline: 'A guide whose every example is checked',
  url: 'https://kubernetes-networking-guide.example',
  baseUrl: '/',
  trailingSlash: false,
  favicon: 'img/logo.svg',
  onBrokenLinks: 'throw',
  onBrokenAnchors: 'throw',
  onDuplicateRoutes: 'throw',
  future: {
    v4: true,
    faster: {
      swcJsLoader: true,
      swcJsMinimizer: true,
      swcHtmlMinimizer: true,
      lightningCssMinimizer: true,
      mdxCrossCompilerCache: true,
      rspackBundler: true,
      ssgWorkerThreads: true,
      gitEagerVcs: true,
      // A page shows verdicts and files that its own text does not name; a kept cache would show old ones.
      rspackPersistentCache: false,
    },
  },
  markdown: {
    mermaid: true,
    format: 'detect',
    hooks: { onBrokenMarkdownLinks: 'throw', onBrokenMarkdownImages: 'throw' },
  },
  plugins: [watchEmbeddedFiles],
  themes: ['@docusaurus/theme-mermaid'],
  presets: [
    [
      'classic',
      {
        docs: {
          routeBasePath: '/',
          sidebarPath: './sidebars.ts',
          beforeDefaultRemarkPlugins: [remarkSnippets],
        },
        blog: false,
        theme: { customCss: './src/site/styles/guide.css' },
      } satisfies Preset.Options,
    ],
  ],
  themeConfig: {
    navbar: {
      title: 'Kubernetes Networking',
      logo: { alt: '', src: 'img/logo.svg' },
      items: [
        { type: 'docSidebar', sidebarId: 'guide', label: 'Guide', position: 'left' },
        { to: '/glossary', label: 'Glossary', position: 'left' },
        { to: '/contributing', label: 'Contributing', position: 'right' },
      ],
    },
    colorMode: { respectPrefersColorScheme: true },
    docs: { sidebar: { hideable: true } },
    tableOfContents: { minHeadingLevel: 2, maxHeadingLevel: 3 },
    mermaid: { theme: { light: 'neutral', dark: 'dark' } },
    prism: {
      theme: codeThemes.light,
      darkTheme: codeThemes.dark,
      additionalLanguages: ['bash', 'yaml'],
    },
  } satisfies Preset.ThemeConfig,
};
export default config;
