/** What the page's own functions are given: plain objects without empty fields, which nobody else holds. */
export function plain<T>(value: T): T {
  return value === undefined || value === null ? value : (JSON.parse(JSON.stringify(value)) as T);
}
