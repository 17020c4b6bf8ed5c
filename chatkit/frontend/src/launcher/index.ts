/** The script of `{% chatkit_launcher %}`. It is on each page, so it is small: the chat comes once it is opened. */
import { Launcher, launcher, TAG } from "./element";
import { connectLinks } from "./links";

// Some sites run the scripts of a page at each visit.
if (!customElements.get(TAG)) {
  customElements.define(TAG, Launcher);
  connectLinks();
  window.ChatKitLauncher = {
    get isOpen() {
      return launcher()?.isOpen ?? false;
    },
    open(question = "", options = {}) {
      launcher()?.open(question, options);
      return launcher() !== null;
    },
    close: () => launcher()?.close(),
    forget: () => launcher()?.forget(),
  };
}
