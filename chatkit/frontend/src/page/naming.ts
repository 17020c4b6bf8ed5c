/** What this site offers to be named by "@" and put in by "/": asked with the session's secret. */
import type { ChatKitOptions, Entity } from "@openai/chatkit";
import type { OwnOptions, Template } from "../options";
import { matches } from "../suggest/trigger";
import { storable } from "../wire/storable";
import { onThisSite, type PageConfig } from "./config";

const KEPT = 60_000; // milliseconds for which the templates are not asked for again

type Preview = Awaited<ReturnType<NonNullable<NonNullable<ChatKitOptions["entities"]>["onRequestPreview"]>>>;

export class Naming {
  #templates: Promise<Template[]> | null = null;
  #askedAt = 0;

  /** `call` is a `fetch` with the session's secret. */
  constructor(
    private readonly config: PageConfig,
    private readonly call: typeof fetch,
  ) {}

  /** The options of the element: of none where this site has nothing to offer. */
  options(): Pick<ChatKitOptions, "entities"> & OwnOptions {
    const { naming, templates, script } = this.config;
    return {
      ...(naming ? { entities: this.#entities() } : {}),
      // OpenAI's script knows no templates.
      ...(templates.any && script.ours ? { templates: this.#own() } : {}),
    };
  }

  #entities(): NonNullable<ChatKitOptions["entities"]> {
    const { urls } = this.config;
    return {
      showComposerMenu: true,
      onTagSearch: async (query) => {
        const { entities } = await this.#get(`${urls.entities}?q=${encodeURIComponent(storable(query))}`);
        return (entities ?? []) as Entity[];
      },
      onRequestPreview: async ({ id }) => {
        const answer = await this.#get(urls.entity.replace("ENTITY_ID", encodeURIComponent(id)));
        return { preview: (answer.preview ?? null) as Preview["preview"] };
      },
      onClick: ({ data }) => {
        const url = data?.url;
        if (url && new URL(url, location.href).origin === location.origin) open(onThisSite(url), "_blank", "noopener");
      },
    };
  }

  #own(): OwnOptions["templates"] {
    const { urls, templates } = this.config;
    return {
      start: templates.start,
      onSearch: async (query) => (await this.#all()).filter(({ label, text }) => matches(query, label, text)),
      onUse: ({ id }) => {
        const url = urls.templateUsed.replace("/0/", `/${encodeURIComponent(id)}/`);
        // What is not counted is nobody's trouble.
        this.call(onThisSite(url), { method: "POST" }).catch(() => undefined);
      },
    };
  }

  #all(): Promise<Template[]> {
    const now = performance.now();
    if (!this.#templates || now - this.#askedAt > KEPT) {
      this.#askedAt = now;
      this.#templates = this.#get(this.config.urls.templates).then(({ templates }) => (templates ?? []) as Template[]);
      this.#templates.catch(() => {
        this.#templates = null;
      });
    }
    return this.#templates;
  }

  async #get(url: string): Promise<Record<string, unknown>> {
    const { locale } = this.config.options;
    const response = await this.call(onThisSite(url), { headers: locale ? { "Accept-Language": locale } : {} });
    if (!response.ok) throw new Error(`The server answered ${response.status}.`);
    return (await response.json()) as Record<string, unknown>;
  }
}
