/** The words of the shortcuts and of questions that wait: they come with the part that needs them. */
export interface ShortcutWords {
  /** Questions that wait for the end of an answer. */
  queued: string;
  atTheEnd: string;
  notSent: string;
  takeBack: string;
  takeBackOf(text: string): string;
  sendNow: string;
  isQueued: string;
  title: string;
  write: string;
  search: string;
  editLast: string;
  stop: string;
  send: string;
  newLine: string;
  list: string;
  everywhere: string;
  /** Keys, as they are written on them. */
  enter: string;
  shift: string;
  ctrl: string;
  escape: string;
}

export const english: ShortcutWords = {
  queued: "Queued questions",
  atTheEnd: "Sent when the answer ends",
  notSent: "Not sent yet",
  takeBack: "Take back",
  takeBackOf: (text) => `Take back “${text}”`,
  sendNow: "Send now",
  isQueued: "Your question is queued. It is sent when the answer ends.",
  title: "Keyboard shortcuts",
  write: "Write a message",
  search: "Search conversations",
  editLast: "Edit the last question, in an empty message",
  stop: "Stop the answer",
  send: "Send, or queue while an answer is being written",
  newLine: "New line",
  list: "Show these shortcuts",
  everywhere: "Use / and ? anywhere on the page",
  enter: "Enter",
  shift: "Shift",
  ctrl: "Ctrl",
  escape: "Esc",
};
