/** The words of the list of conversations: they come with the part that needs them. */
export interface ListWords {
  conversations: string;
  close: string;
  search: string;
  searching: string;
  nothing: string;
  none: string;
  noneArchived: string;
  results(count: number): string;
  pinned: string;
  lastWeek: string;
  lastMonth: string;
  answering: string;
  actions(title: string): string;
  pin: string;
  unpin: string;
  archive: string;
  unarchive: string;
  archived: string;
  back: string;
  select: string;
  selected(count: number): string;
  deleted(count: number): string;
  archivedNow(count: number): string;
  undo: string;
  restored: string;
  renamed: string;
}

export const english: ListWords = {
  conversations: "Conversations",
  close: "Close the list",
  search: "Search conversations",
  searching: "Searching…",
  nothing: "Nothing found",
  none: "No conversations yet",
  noneArchived: "Nothing is archived",
  results: (count) => (count === 1 ? "1 result" : `${count} results`),
  pinned: "Pinned",
  lastWeek: "Previous 7 days",
  lastMonth: "Previous 30 days",
  answering: "Answering",
  actions: (title) => `Actions for “${title}”`,
  pin: "Pin",
  unpin: "Unpin",
  archive: "Archive",
  unarchive: "Unarchive",
  archived: "Archived",
  back: "All conversations",
  select: "Select",
  selected: (count) => `${count} selected`,
  deleted: (count) => (count === 1 ? "Conversation deleted" : `${count} conversations deleted`),
  archivedNow: (count) => (count === 1 ? "Conversation archived" : `${count} conversations archived`),
  undo: "Undo",
  restored: "Restored",
  renamed: "Renamed",
};
