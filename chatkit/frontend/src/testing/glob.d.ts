/** Vite's: the modules of the files that patterns name. */
interface ImportMeta {
  glob<T>(patterns: string[], options: { eager: true; import: string }): Record<string, T>;
}
