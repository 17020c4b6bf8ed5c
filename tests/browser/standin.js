/*
 * Stands in for OpenAI's chatkit.js in tests: the same tag, options, methods and events as the
 * published types name them, and nothing else. `window.standin` tells what was done with it.
 */
(() => {
  const seen = { elements: [], options: [], secrets: [], calls: [] };
  window.standin = seen;

  class StandIn extends HTMLElement {
    options = null;
    secret = null;
    thread = null;

    constructor() {
      super();
      seen.elements.push(this);
      this.attachShadow({ mode: "open" }).innerHTML =
        "<p part=greeting></p><label>Message <textarea></textarea></label><button>Send</button><output></output>";
      this.shadowRoot.querySelector("button").addEventListener("click", () => void this.ask());
    }

    setOptions(options) {
      const first = this.options === null;
      if (!options.api || typeof options.api !== "object") throw new TypeError("options.api is required");
      this.options = options;
      seen.options.push(options);
      this.shadowRoot.querySelector("[part=greeting]").textContent = options.startScreen?.greeting ?? "";
      if (!first) return;
      this.thread = options.initialThread ?? null;
      setTimeout(() => void this.load());
    }

    async load() {
      try {
        if (this.options.api.getClientSecret) await this.renew();
        this.emit("chatkit.ready");
      } catch (error) {
        this.emit("chatkit.error", { error });
      }
    }

    /** What the real script does when its secret has run out. */
    async renew() {
      this.secret = await this.options.api.getClientSecret(this.secret);
      seen.secrets.push(this.secret);
    }

    /** A first message, through the `{url, fetch}` form of `api`. */
    async ask() {
      const text = this.shadowRoot.querySelector("textarea").value;
      const { url, fetch } = this.options.api;
      this.stopping = new AbortController();
      const input = { content: [{ type: "input_text", text }], attachments: [], inference_options: {} };
      const response = await fetch(url, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ type: "threads.create", params: { input } }),
        signal: this.stopping.signal,
      });
      this.shadowRoot.querySelector("output").textContent = String(response.status);
      return response;
    }

    emit(name, detail) {
      this.dispatchEvent(new CustomEvent(name, { detail }));
    }

    async setThreadId(id) {
      this.called("setThreadId", id);
      this.thread = id;
      this.emit("chatkit.thread.change", { threadId: id });
    }

    async focusComposer() {
      this.called("focusComposer");
      this.shadowRoot.querySelector("textarea").focus();
    }

    async setComposerValue(value) {
      this.called("setComposerValue", value);
      this.shadowRoot.querySelector("textarea").value = value.text ?? "";
    }

    async sendUserMessage(message) {
      this.called("sendUserMessage", message);
    }

    async sendCustomAction(action, itemId) {
      this.called("sendCustomAction", action, itemId);
    }

    async fetchUpdates() {
      this.called("fetchUpdates");
    }

    async showHistory() {
      this.called("showHistory");
    }

    async hideHistory() {
      this.called("hideHistory");
    }

    called(name, ...values) {
      seen.calls.push([name, ...values]);
    }
  }

  if (!customElements.get("openai-chatkit")) customElements.define("openai-chatkit", StandIn);
})();
