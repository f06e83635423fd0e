#!/usr/bin/env node
import { Command, CommanderError, Option } from 'commander';
import { kubernetesVersions } from '../schemas/index.ts';
import { type ConnectionOptions, connectionsCommand, diffCommand } from './connections.ts';
import { print } from './print.ts';

const program = new Command('guide')
  .exitOverride()
  .description('checks the guide, and answers what its policies do');
const podsMatchBlocks = new Option(
  '--no-pods-match-blocks',
  'an ipBlock never matches a Pod (the API leaves it open; by default it does when the address is known)',
);

program
  .command('check')
  .description('judges every YAML block, manifest and diagram; exits 1 when one is not as stated')
  .argument('[path...]', 'pages (.md, .mdx), manifests (.yaml, .yml, .json) and folders', [
    'docs',
    'examples',
  ])
  .option('--json', 'print {summary, results} for programs')
  .addOption(
    new Option('--kubernetes <minor...>', 'judge by these minors only').choices(kubernetesVersions),
  )
  .action(
    async (paths: string[], { json, kubernetes }: { json?: boolean; kubernetes?: string[] }) => {
      // Not at the top: validators and page readers take longer to load than most questions to answer.
      const { check } = await import('../check/check.ts');
      const { toJson, toText } = await import('../check/report.ts');
      const { allFaults } = await import('../check/unit.ts');
      const report = await check(paths, { kubernetes });
      process.exitCode = allFaults(report).length ? 1 : 0;
      await print(`${json ? toJson(report) : toText(report)}\n`);
    },
  );

program
  .command('connections')
  .description(
    'who may talk to whom, by the policies in any manifests; exits 1 when something had to be left out',
  )
  .argument('<manifest...>', 'manifest files and folders; - reads standard input')
  .option('--from <side>', 'only from ns/name, ns/*, an address or a CIDR')
  .option('--to <side>', 'only to ns/name, ns/*, an address or a CIDR')
  .option('--port <port>', 'only this port, such as 80, 53/UDP or 8000-8080/TCP')
  .option('--explain', 'which rules decide, with file and line')
  .option('--json', 'print {connections, conditional, unspecified} for programs')
  .addOption(podsMatchBlocks)
  .action((paths: string[], options: ConnectionOptions) => connectionsCommand(paths, options));

program
  .command('diff')
  .description('which connections a change of manifests opens (+) and closes (-)')
  .usage('[options] OLD... -- NEW...')
  .argument('<manifest...>', 'the old files and folders, then --, then the new ones')
  .option('--json', 'print {changes} for programs')
  .addOption(podsMatchBlocks)
  .action(async (paths: string[], options: { json?: boolean; podsMatchBlocks: boolean }) => {
    const given = process.argv.slice(3);
    const separator = given.indexOf('--');
    const after = separator === -1 ? [] : given.slice(separator + 1);
    if (after.length === 0) throw new Error('write the old manifests, then --, then the new ones');
    await diffCommand(paths.slice(0, paths.length - after.length), after, options);
  });

// Whoever reads the report may have seen enough, as in `guide check | head`.
const isEnough = (error: unknown) => (error as NodeJS.ErrnoException).code === 'EPIPE';
process.stdout.on('error', (error) => {
  if (!isEnough(error)) throw error;
});
try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    // It has said what it found; exit code 1 is for faults in what was read.
    process.exitCode = error.exitCode === 0 ? 0 : 2;
  } else if (!isEnough(error)) {
    process.stderr.write(`guide: ${(error as Error).message}\n`);
    process.exitCode = 2;
  }
}
