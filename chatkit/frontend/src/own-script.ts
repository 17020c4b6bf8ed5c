/** The script tag that brought this code, and what it says. */

// `document.currentScript` is only there while the script runs for the first time, and not in a module.
export const scriptTag =
  (document.currentScript as HTMLScriptElement | null) ??
  document.querySelector<HTMLScriptElement>("script[data-chatkit-script]") ??
  document.querySelector<HTMLScriptElement>('script[src*="chatkit"]');

export const scriptUrl = loadedFrom() || document.baseURI;

/** A `<base>` that comes behind the tag changes what its `src` says, and not where the script came from. */
function loadedFrom(): string | undefined {
  const given = scriptTag?.getAttribute("src");
  const plain = given && new URL(given, location.href).href;
  return plain && performance.getEntriesByName(plain).length ? plain : scriptTag?.src;
}

/** The folders of the site's own files, as addresses that end with a slash. */
export const fileFolders = foldersOf(scriptUrl, scriptTag?.dataset.imagePaths);

/**
 * Those that the tag names (`data-image-paths="/static/ /media/"`). Where it names none: the folder that
 * the script itself is in, or the one around `chatkit/`, as Django lays static files; never a whole site.
 */
export function foldersOf(script: string, named: string | undefined): string[] {
  if (named !== undefined) {
    const given = named.split(/\s+/).filter(Boolean);
    return given.map((path) => new URL(path, document.baseURI).href).filter((folder) => folder.endsWith("/"));
  }
  const around = new URL(/\/chatkit\/[^/]*$/.test(script) ? "../" : "./", script);
  return around.origin === location.origin && around.pathname !== "/" ? [around.href] : [];
}
