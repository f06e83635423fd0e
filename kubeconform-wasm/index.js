// Loads kubeconform.wasm and talks to main.go. The order of the first two imports matters.
import { takeGo } from './globals.js';
import './wasm_exec.js';

const Go = takeGo();

/** @typedef {import('./index.d.ts').Options} Options */
/** @typedef {import('./index.d.ts').Kubeconform} Kubeconform */
/** @typedef {import('./index.d.ts').SchemaRequest} SchemaRequest */
/** @typedef {(request: SchemaRequest) => string | null | undefined | Promise<string | null | undefined>} Read */

/**
 * A running program.
 * @typedef {object} Program
 * @property {(manifests: string, kubernetes: string) => Promise<string>} validate
 * @property {(reason: string) => void} stop
 */

/**
 * @param {Options} options
 * @returns {Promise<Kubeconform>}
 */
export async function createKubeconform(options) {
  const read = reader(options.schemas);
  const module = await compile(options.wasm ?? new URL('./kubeconform.wasm', import.meta.url));
  let closed = false;
  /** @type {Promise<Program> | undefined} */
  let running;
  const program = () => {
    // After a failure the next call starts a new one.
    const forget = () => {
      running = undefined;
    };
    running ??= start(module, read, forget);
    running.catch(forget);
    return running;
  };
  await program();
  return {
    async validate(manifests, { kubernetes }) {
      if (closed) throw new Error('kubeconform is closed');
      const version = /^v?([0-9]+\.[0-9]+(?:\.[0-9]+)?)$/.exec(kubernetes)?.[1];
      if (!version)
        throw new TypeError(
          `kubernetes: ${JSON.stringify(kubernetes)} is not a version like "1.37"`,
        );
      if (typeof manifests !== 'string') throw new TypeError('manifests is not a string');
      return JSON.parse(await (await program()).validate(manifests, version));
    },
    close() {
      closed = true;
      running?.then(
        (p) => p.stop('kubeconform is closed'),
        () => {},
      );
    },
  };
}

/**
 * @param {WebAssembly.Module} module
 * @param {Read} read
 * @param {() => void} onEnd
 * @returns {Promise<Program>}
 */
async function start(module, read, onEnd) {
  const go = new Go();
  go.env = { GOGC: '1600' }; // see answer in main.go
  let ended = '';
  let printed = '';
  /** @type {Set<(reason: Error) => void>} */
  const waiting = new Set();

  /** @param {string} reason */
  const stop = (reason) => {
    if (ended) return;
    ended = reason;
    onEnd();
    // Go's timers would resume what has ended, and keep Node running.
    for (const timer of go._scheduledTimeouts.values()) clearTimeout(timer);
    go._scheduledTimeouts.clear();
    for (const reject of waiting) reject(new Error(reason));
    waiting.clear();
  };

  // What the program prints (Go's fatal errors) goes into the reason, not to the console.
  go.importObject.gojs['runtime.wasmWrite'] = (sp) => {
    const at = Number(go.mem.getBigInt64((sp >>> 0) + 16, true));
    const text = new Uint8Array(go.mem.buffer, at, go.mem.getInt32((sp >>> 0) + 24, true));
    if (printed.length < 300) printed += new TextDecoder().decode(text);
  };
  go.exit = () => stop(`kubeconform failed: ${printed.split('\n', 1)[0] || 'it exited'}`);

  const resume = go._resume;
  go._resume = () => {
    if (ended) return;
    try {
      resume.call(go);
    } catch (error) {
      stop(failure(error));
    }
  };

  /** @type {((manifests: string, kubernetes: string, done: (failure: string | null, verdicts: string | null) => void) => void) | undefined} */
  let answer;

  // js.Global() of the program: all it can reach. There is no fetch, so it cannot
  // use the network, and its file system has nothing in it.
  const scope = {
    Object,
    Array,
    Error,
    Uint8Array,
    Date,
    fs: {
      constants: { O_WRONLY: -1, O_RDWR: -1, O_CREAT: -1, O_TRUNC: -1, O_APPEND: -1, O_EXCL: -1 },
    },
    process: {},
    path: {},
    kubeconform: {
      /** @param {NonNullable<typeof answer>} f */
      ready: (f) => {
        answer = f;
      },
      /**
       * @param {string} group
       * @param {string} version
       * @param {string} kind
       * @param {string} kubernetes
       * @param {(path: string, failure: string | null, text: string | null) => void} done
       */
      ask: async (group, version, kind, kubernetes, done) => {
        const path = `${kubernetes}/${group || 'core'}/${version}/${kind}.json`;
        let failure = null;
        let text = null;
        try {
          await undefined; // leave Go's stack before running the source
          // The folder of the core group is not a group.
          if (group !== 'core')
            text = (await read({ group, version, kind, kubernetes, path })) ?? null;
          if (text !== null && typeof text !== 'string')
            throw new TypeError('the source gave no text');
        } catch (error) {
          text = null;
          failure = `could not read schema ${path}: ${error instanceof Error ? error.message : error}`;
        }
        if (!ended) done(path, failure, text);
      },
    },
  };
  // Go takes the global object from _values[5] when it starts, after run() sets it.
  const global = 5;
  /** @type {unknown[]} */
  let values = [];
  Object.defineProperty(go, '_values', {
    configurable: true,
    get: () => values,
    set: (value) => {
      values = value;
      values[global] = scope;
    },
  });

  const instance = await WebAssembly.instantiate(module, /** @type {any} */ (go.importObject));
  go.run(instance).catch((error) => stop(failure(error)));
  await undefined; // for run's rejection
  const run = answer;
  if (ended || !run) throw new Error(ended || 'kubeconform did not start');

  return {
    stop,
    validate: (manifests, kubernetes) =>
      new Promise((resolve, reject) => {
        if (ended) throw new Error(ended);
        waiting.add(reject);
        run(manifests, kubernetes, (failure, verdicts) => {
          waiting.delete(reject);
          if (verdicts === null) reject(new Error(failure ?? 'kubeconform failed'));
          else resolve(verdicts);
        });
      }),
  };
}

/** @param {unknown} error */
function failure(error) {
  const message = error instanceof Error ? error.message : String(error);
  // Go's recursion uses the stack of the JavaScript engine.
  if (/call stack|recursion/.test(message))
    return 'kubeconform failed: a document is nested too deeply';
  return `kubeconform failed: ${message}`;
}

/**
 * @param {NonNullable<Options['wasm']>} wasm
 * @returns {Promise<WebAssembly.Module>}
 */
async function compile(wasm) {
  if (wasm instanceof WebAssembly.Module) return wasm;
  if (typeof wasm !== 'string' && !(wasm instanceof URL)) return WebAssembly.compile(wasm);
  const url = absolute(wasm, 'wasm');
  if (url.protocol === 'file:') return WebAssembly.compile(await readFile(url));
  const response = await fetch(url);
  if (!response.ok) throw new Error(`could not read ${url.href}: HTTP ${response.status}`);
  // Compiling while downloading needs the server to give the right type.
  return response.headers.get('content-type') === 'application/wasm'
    ? WebAssembly.compileStreaming(response)
    : WebAssembly.compile(await response.arrayBuffer());
}

/**
 * The source as a function.
 * @param {Options['schemas']} schemas
 * @returns {Read}
 */
function reader(schemas) {
  if (typeof schemas === 'function') return schemas;
  const prefix = absolute(schemas, 'schemas');
  if (!prefix.pathname.endsWith('/')) prefix.pathname += '/';
  return async ({ path }) => {
    const url = new URL(path, prefix);
    if (url.protocol === 'file:') {
      try {
        return new TextDecoder().decode(await readFile(url));
      } catch (error) {
        if (/** @type {{ code?: string }} */ (error).code === 'ENOENT') return null;
        throw error;
      }
    }
    const response = await fetch(url);
    if (response.status === 404 || response.status === 410) return null;
    if (!response.ok) throw new Error(`HTTP ${response.status}`);
    return response.text();
  };
}

/**
 * @param {string | URL} url
 * @param {string} option
 */
function absolute(url, option) {
  try {
    return new URL(url, globalThis.location?.href);
  } catch {
    throw new TypeError(`${option}: ${JSON.stringify(url)} is not a URL`);
  }
}

/**
 * Node only; the comments keep bundlers from looking for it. It does not read in the
 * background: that would wait behind the engine's own threads, busy with the program.
 * @param {URL} url
 */
async function readFile(url) {
  const fs = await import(/* webpackIgnore: true */ /* @vite-ignore */ 'node:fs');
  return fs.readFileSync(url);
}
