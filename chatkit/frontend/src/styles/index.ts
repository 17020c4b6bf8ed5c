import { composerStyles } from "./composer";
import { frameStyles } from "./frame";
import { markdownStyles } from "./markdown";
import { printStyles } from "./print";
import { threadStyles } from "./thread";

/**
 * How the element looks, and what a page may change of it.
 *
 * @csspart frame, header, title, header-button, header-action-left, header-action-right - the frame and its bar
 * @csspart start-screen, greeting, prompt, template, last-conversation - the new conversation
 * @csspart thread, log, message, user-message, user-bubble, fold-button,
 *   assistant-message, text, tag, quote, attachment, time, pinned-question
 * @csspart item-actions, item-action, feedback-reason, feedback-reason-choice, versions, follow-ups, follow-up, question-actions, sources, citation, code-block, table, copy-table, deeplink - parts of an answer
 * @csspart workflow, task, generated-image, widget-item, widget, card, list-item, widget-button, widget-input,
 *   confirm-button, cancel-button, questions, answers - other items
 * @csspart progress, notice, error, no-answer, hint, latest-button - what is going on
 * @csspart footer, composer, input, send-button, stop-button, attach-button, camera-button, drop-area, dictate-button,
 *   dictation, tools-button, model-button, tool, menu-button, menu, name-button, suggestions, marks, entity-preview,
 *   closed, disclaimer, queue, shortcuts - the lower end
 * @csspart list, history, history-item, history-search - the list of conversations
 *
 * Custom properties, set on the element or anywhere above it; each beats `theme`:
 * @cssproperty --chatkit-primary-color - accents, focus, the send button (default #9155FD)
 * @cssproperty --chatkit-background-color - the ground (default #FFFFFF, dark #312D4B)
 * @cssproperty --chatkit-text-color - text; moved until it can be read on the ground
 * @cssproperty --chatkit-surface-color - code, table heads, quotes
 * @cssproperty --chatkit-user-message-color - the person's bubbles
 * @cssproperty --chatkit-border-color - dividing lines
 * @cssproperty --chatkit-success-color, --chatkit-info-color, --chatkit-warning-color, --chatkit-danger-color
 * @cssproperty --chatkit-border-radius - corners, of the frame too
 * @cssproperty --chatkit-font-family, --chatkit-font-family-mono, --chatkit-font-size
 */
export const styles = [frameStyles, threadStyles, markdownStyles, composerStyles, printStyles];
