/** Script addresses as pages with Trusted Types take them: from a policy named `chatkit`. */
interface Policy {
  createScriptURL(url: string): string;
}

interface TrustedTypes {
  createPolicy(name: string, rules: Policy): Policy;
}

// One for both our scripts: a page may allow a policy of a name once.
const POLICY = Symbol.for("chatkit.policy");

/** Throws where the page allows no policy of ours. */
export function trustedAddress(url: string): string {
  const page = window as { trustedTypes?: TrustedTypes; [POLICY]?: Policy };
  if (!page.trustedTypes) return url;
  page[POLICY] ??= page.trustedTypes.createPolicy("chatkit", { createScriptURL: (address) => address });
  return page[POLICY].createScriptURL(url);
}
