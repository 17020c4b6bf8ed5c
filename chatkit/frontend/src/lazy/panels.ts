/** What opens when somebody asks for it, or is asked. Fetched when the browser is idle, or with the first of them. */
export { csv } from "../markdown/csv";
export { historyView } from "../views/history";
export { menuView } from "../views/menu-list";
export { answersView, questionsView } from "../views/questions";
export { threadMenu } from "../views/thread-menu";
export { toWhy, why } from "../views/why";
