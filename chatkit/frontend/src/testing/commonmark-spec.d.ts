declare module "commonmark-spec" {
  /** The examples of CommonMark's specification; `→` stands for a tab. */
  const spec: { tests: { number: number; section: string; markdown: string; html: string }[] };
  export default spec;
}
