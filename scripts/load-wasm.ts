/** What is used of it here: TypeScript has the whole with a browser's library only. */
declare const WebAssembly: {
  Module: { new (bytes: Uint8Array): object; imports(module: object): { name: string }[] };
  Instance: new (module: object, imports: Record<string, object>) => { exports: unknown };
};

/** Instantiates it. `importsFor` is told the names that the file wants from outside. */
export function loadWasm<Exports>(
  bytes: Uint8Array,
  importsFor: (names: string[]) => Record<string, object>,
): Exports {
  const module = new WebAssembly.Module(bytes);
  const names = WebAssembly.Module.imports(module).map(({ name }) => name);
  return new WebAssembly.Instance(module, importsFor(names)).exports as Exports;
}
