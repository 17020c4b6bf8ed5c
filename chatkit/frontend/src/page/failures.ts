/** Which state of the chat area a failure leads to: its name, what it says, what can be done. */
import type { Clock, PageConfig } from "./config";
import { ScriptMissing } from "./script";
import { SessionError } from "./session";
import type { State } from "./states";

type Named = [name: string, state: State];

export class Failures {
  constructor(
    private readonly config: PageConfig,
    private readonly clock: Clock,
    private readonly start: () => void,
    /** Whether somebody was logged in here, whose login has ended then. */
    private readonly known: boolean,
  ) {}

  /** Where the server said with the page that there is no chat. */
  blocked(): Named | null {
    const { texts, blocked } = this.config;
    const states: Record<string, State> = {
      logged_out: this.#loggedOut(),
      forbidden: { icon: "lock", tone: "wait", title: texts.forbiddenTitle, text: texts.forbidden },
      not_configured: { icon: "plug", tone: "plain", title: texts.emptyTitle, text: texts.empty },
      offline: this.#offline(this.config.closed),
      unknown_workflow: { icon: "circle-help", tone: "plain", title: texts.unknownTitle, text: texts.unknown },
    };
    const state = states[blocked];
    return state ? [blocked.replace("_", "-"), state] : null;
  }

  ended(icon: "clock" | "circle-check" = "clock"): Named {
    const { endedTitle: title, ended: text, startAgain: label } = this.config.texts;
    return ["ended", { icon, tone: "plain", title, text, action: { label, run: this.start } }];
  }

  /** The visitor has logged in, here or in another tab. */
  loggedIn(): Named {
    const { loggedInTitle: title, loggedIn: text } = this.config.texts;
    return ["logged-in", { icon: "log-in", tone: "plain", title, text, action: this.#reload() }];
  }

  of(error: unknown): Named {
    const { texts, sunset } = this.config;
    const again = { label: texts.tryAgain, run: this.start };
    const reload = this.#reload();
    const more = sunset && this.clock.now() >= sunset.from ? sunset.text : undefined;
    if (error instanceof ScriptMissing) {
      const { scriptTitle: title, script: text } = texts;
      return ["script-missing", { icon: "plug", tone: "problem", title, text, more, action: again }];
    }
    const problem: State = { icon: "circle-alert", tone: "problem", title: texts.errorTitle, text: texts.badAnswer };
    if (!(error instanceof SessionError)) return ["error", { ...problem, more, action: again }];
    switch (error.code) {
      case "not_authenticated":
        return ["logged-out", this.#loggedOut()];
      case "user_changed": {
        const { otherUserTitle: title, otherUser: text } = texts;
        return ["user-changed", { icon: "users", tone: "plain", title, text, action: reload }];
      }
      case "session_expired":
        return this.ended();
      case "forbidden":
        return ["forbidden", { icon: "lock", tone: "wait", title: texts.forbiddenTitle, text: error.message }];
      case "offline":
        return ["offline", this.#offline(error.message)];
      case "csrf_failed":
        return ["error", { ...problem, text: error.message, action: reload }];
      case "rate_limited": {
        const at = performance.now() + (error.retryAfter ?? 60) * 1000;
        const { limitedTitle: title, limited: text } = texts;
        return ["rate-limited", { icon: "hourglass", tone: "wait", title, text, at, action: again }];
      }
      default:
        // Where it may be OpenAI's end, the server's own sentence says so.
        return ["error", { ...problem, text: error.message, action: again }];
    }
  }

  /** `notice` is the operator's own sentence. */
  #offline(notice: string): State {
    const { offlineTitle: title } = this.config.texts;
    return { icon: "hourglass", tone: "wait", title, text: notice, action: this.#reload() };
  }

  #reload() {
    return { label: this.config.texts.reload, run: () => location.reload() };
  }

  #loggedOut(): State {
    const { texts, urls } = this.config;
    const login = new URL(urls.login, location.href);
    login.searchParams.set("next", location.pathname + location.search);
    return {
      icon: "log-in",
      tone: "plain",
      title: this.known ? texts.loggedOutTitle : texts.strangerTitle,
      text: this.known ? texts.loggedOut : texts.stranger,
      action: { label: texts.logIn, href: login.href },
    };
  }
}
