// Go's wasm_exec.js is a classic script: it puts Go, and fs, process and path where
// they are missing, on globalThis. index.js imports this module just before it and
// calls takeGo() just after, so nothing else ever sees those.

const names = ['Go', 'fs', 'process', 'path'];
const before = names.map((name) => Object.getOwnPropertyDescriptor(globalThis, name));

/**
 * What index.js uses of Go's class.
 * @typedef {object} GoRuntime
 * @property {{ gojs: Record<string, (sp: number) => void> }} importObject
 * @property {Record<string, string>} env
 * @property {(code: number) => void} exit
 * @property {(instance: WebAssembly.Instance) => Promise<void>} run
 * @property {() => void} _resume
 * @property {unknown[]} _values the JavaScript values Go refers to
 * @property {Map<unknown, number>} _ids
 * @property {Map<number, ReturnType<typeof setTimeout>>} _scheduledTimeouts
 * @property {DataView} mem
 */

/** @returns {new () => GoRuntime} */
export function takeGo() {
  const { Go } = /** @type {any} */ (globalThis);
  names.forEach((name, i) => {
    const descriptor = before[i];
    if (descriptor) Object.defineProperty(globalThis, name, descriptor);
    else Reflect.deleteProperty(globalThis, name);
  });
  return Go;
}
