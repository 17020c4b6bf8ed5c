/** The list of conversations beside the chat. Fetched where the page's options ask for it. */
export { ConversationList } from "../list/list";
