import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { LoadContext, Plugin } from '@docusaurus/types';
import { readPage } from '../../snippets/page.ts';

/** What a loader of Rspack is called with, as far as this one needs it. */
interface Loader {
  resourcePath: string;
  addDependency(path: string): void;
}

/**
 * Tells the bundler which files of `examples/` a page embeds, so that `npm start` shows an edited
 * example at once. Runs before the page is turned into JavaScript and leaves it as it is.
 */
export default function loader(this: Loader, source: string): string {
  const { snippets } = readPage(this.resourcePath, readFileSync(this.resourcePath, 'utf8'));
  for (const { statement } of snippets) {
    if (statement?.class === 'manifest' && statement.file) {
      this.addDependency(join(examples, statement.file));
    }
  }
  return source;
}

const examples = fileURLToPath(new URL('../../../examples', import.meta.url));

/** The Docusaurus plugin that puts the loader in front of the pages. */
export function watchEmbeddedFiles({ siteDir }: LoadContext): Plugin {
  return {
    name: 'watch-embedded-files',
    configureWebpack: () => ({
      module: {
        rules: [
          {
            test: /\.mdx?$/,
            include: join(siteDir, 'docs'),
            enforce: 'pre',
            use: [join(siteDir, 'src/site/plugin/watch-embedded-files.ts')],
          },
        ],
      },
    }),
  };
}
