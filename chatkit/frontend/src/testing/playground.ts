/** A site's options, and the same changed by hand: for tests. */
import type { Site } from "../playground/code";
import type { Options } from "../playground/options";

export const base: Options = {
  locale: "en",
  frameTitle: "Chat assistant",
  theme: { radius: "round", color: { accent: { primary: "#123456", level: 1 } } },
  history: { enabled: true, temporary: true },
  composer: { placeholder: "Ask a question", attachments: { enabled: true, maxSize: 9, maxCount: 5 } },
  startScreen: { greeting: "Hello", prompts: [] },
};
export const site: Site = {
  base,
  options: { thread: { autoScroll: false } },
  attachments: { scanner: "my.scanner" },
  own: [],
  workflow: "wf_1",
  named: false,
  session: "/api/chatkit/session",
  texts: { beside: "Beside the rest.", entry: "Beside its rest.", noChanges: "Nothing yet." },
};

export function changed(): Options {
  return {
    ...base,
    frameTitle: 'Ask "us"',
    theme: { colorScheme: "dark" },
    history: { enabled: false, temporary: true },
    header: { enabled: true, leftAction: { icon: "home" } },
    composer: {
      placeholder: "¿Qué?\u2028</script>",
      attachments: { enabled: true, maxSize: 9, maxCount: 2 },
      tools: [{ id: "search", label: "Search", icon: "search" }],
    },
  };
}
