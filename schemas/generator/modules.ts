import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';

interface Download {
  Dir?: string;
  Sum?: string;
  Error?: string;
}

/** Downloads a Go module, refuses any content but the pinned one, and returns its folder. */
export function moduleFolder(module: string, sum: string): string {
  const download = goDownload(module);
  if (download.Error !== undefined || download.Dir === undefined) {
    throw new Error(`${module} could not be downloaded: ${download.Error}`);
  }
  if (download.Sum !== sum) {
    throw new Error(
      `${module} has checksum ${download.Sum}, but src/schemas/versions.json pins ${sum}`,
    );
  }
  return download.Dir;
}

function goDownload(module: string): Download {
  try {
    // from a folder without a go.mod, so that nothing around decides on the version
    const output = execFileSync('go', ['mod', 'download', '-json', module], {
      cwd: tmpdir(),
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return JSON.parse(output);
  } catch (error) {
    const { code, stdout } = error as { code?: string; stdout?: string };
    if (code === 'ENOENT') {
      return { Error: 'the command "go" is not installed' };
    }
    // go exits with 1 and still prints the reason as JSON
    return stdout ? JSON.parse(stdout) : { Error: String(error) };
  }
}
