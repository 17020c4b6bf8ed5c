/** Whether the chat has its connection: what our element says of it, and the browser. */
import type { OpenAIChatKit } from "@openai/chatkit";

export function onConnection(element: OpenAIChatKit, callback: (lost: boolean) => void, signal: AbortSignal): void {
  let lost = false;
  const tell = () => callback(lost || !navigator.onLine);
  element.addEventListener("chatkit.log", ({ detail: { name, data } }) => {
    if (name !== "connection") return;
    lost = data?.lost === true;
    tell();
  });
  addEventListener("online", tell, { signal });
  addEventListener("offline", tell, { signal });
}
