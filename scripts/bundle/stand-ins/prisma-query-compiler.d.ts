declare module 'prisma:query-compiler' {
  export const importName: string;
  export function __wbg_set_wasm(exports: object): void;
  export class QueryCompiler {
    constructor(options: object);
    compile(query: string): unknown;
    compileBatch(queries: string): unknown;
    free(): void;
  }
}
