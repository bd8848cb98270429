/** The Emscripten factory inside libpg-query, which the package ships without types; its index.cjs hides it behind one shared instance. */
declare module 'libpg-query/wasm/libpg-query.js' {
  export interface LibpgQueryModule {
    lengthBytesUTF8(text: string): number;
    stringToUTF8(text: string, pointer: number, maxBytes: number): number;
    UTF8ToString(pointer: number): string;
    getValue(pointer: number, type: 'i32'): number;
    _malloc(bytes: number): number;
    _free(pointer: number): void;
    _wasm_parse_query_raw(sql: number): number;
    _wasm_free_parse_result(result: number): void;
  }
  const createModule: (options?: {
    locateFile?: (name: string, directory: string) => string;
  }) => Promise<LibpgQueryModule>;
  // eslint-disable-next-line no-restricted-syntax -- it is CommonJS: module.exports itself
  export default createModule;
}
