/** The script: defines the tag once, however often it is loaded. */
import { ChatKitElement } from "./chatkit-element";
import { share } from "./lazy-import";
import * as shared from "./shared";

declare global {
  interface HTMLElementTagNameMap {
    "openai-chatkit": ChatKitElement;
  }
}

share(shared);
if (!customElements.get("openai-chatkit")) customElements.define("openai-chatkit", ChatKitElement);
