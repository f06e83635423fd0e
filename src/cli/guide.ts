#!/usr/bin/env node
import { Command, Option } from 'commander';
import { allFaults, check } from '../check/check.ts';
import { toJson, toText } from '../check/report.ts';
import { kubernetesVersions } from '../schemas/index.ts';

const program = new Command('guide').description('checks the pages and examples of the guide');

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
      const report = await check(paths, { kubernetes });
      process.exitCode = allFaults(report).length ? 1 : 0;
      process.stdout.write(`${json ? toJson(report) : toText(report)}\n`);
    },
  );

await program.parseAsync();
