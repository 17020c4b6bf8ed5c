/** The words of links to a conversation: they come with the part that needs them. */
export interface ShareWords {
  /** In the menu of the conversation. */
  menu: string;
  title: string;
  /** Who may read what, until when. */
  note(day: string): string;
  create: string;
  link: string;
  made: string;
  links: string;
  until(day: string): string;
  opened(count: number): string;
  revoke: string;
  revoked: string;
}

export const english: ShareWords = {
  menu: "Share…",
  title: "Share this conversation",
  note: (day) =>
    `Who has the link and may use this assistant can read the conversation as it is now, until ${day}. What is said later is not in it.`,
  create: "Make a link",
  link: "Link",
  made: "The link is there. It is shown only now.",
  links: "Links that work",
  until: (day) => `Until ${day}`,
  opened: (count) => (count === 1 ? "opened once" : `opened ${count} times`),
  revoke: "Take back",
  revoked: "The link leads nowhere now.",
};
