// wasm_exec.js is Go's own file, unchanged: its types are in globals.js.
export {};
