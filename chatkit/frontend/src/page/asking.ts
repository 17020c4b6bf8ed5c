/** A question that comes from outside of the chat. */
import type { OpenAIChatKit } from "@openai/chatkit";

/** A question below what is being written: that is not lost. */
export function after(element: OpenAIChatKit, text: string): string {
  const { composer } = element as { composer?: { text?: unknown } };
  const written = typeof composer?.text === "string" ? composer.text.trim() : "";
  return written && written !== text ? `${written}\n${text}` : text;
}
