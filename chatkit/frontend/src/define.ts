/** The script: defines the tag once, however often it is loaded. */
import { ChatKitElement } from "./chatkit-element";

declare global {
  interface HTMLElementTagNameMap {
    "openai-chatkit": ChatKitElement;
  }
}

if (!customElements.get("openai-chatkit")) customElements.define("openai-chatkit", ChatKitElement);
