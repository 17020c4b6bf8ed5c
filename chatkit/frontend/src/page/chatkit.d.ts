/**
 * Types of the chat on a page, for sites that write TypeScript around it.
 * The element's own types are those of `@openai/chatkit`.
 */

/** A chat session, as `POST /api/chatkit/session` starts it. */
export interface ChatKitSession {
  clientSecret: string;
  sessionId?: string;
  userId?: string;
}

/** What a session is asked for. `userId` and `deviceId` are labels, never identity: that is the login. */
export interface ChatKitConfig {
  workflowId: string;
  userId?: string;
  deviceId?: string;
}

/** One message of a conversation. */
export interface ChatKitMessage {
  id: string;
  role: "user" | "assistant" | "system";
  content: string;
  timestamp: Date;
  metadata?: Record<string, unknown>;
}

/** Detail of `chatkit:session-created`. It never holds the client secret. */
export interface ChatKitSessionCreated {
  sessionId: string;
  /** Unix seconds. */
  expiresAt: number;
  /** True when it takes the place of an earlier session of this chat. */
  refreshed: boolean;
}

/** Detail of `chatkit:error`. The message is translated and fit to be shown. */
export interface ChatKitProblem {
  /** A code of the session API, or `network`, `bad_response`, `script_missing`, `user_changed`, `chat_error`. */
  code: string;
  message: string;
}

/** Events of `.chatkit-container`; they bubble. */
export interface ChatKitContainerEvents {
  "chatkit:session-created": CustomEvent<ChatKitSessionCreated>;
  "chatkit:error": CustomEvent<ChatKitProblem>;
}

/** Detail of `chatkit:ask`, which a page may send to a `.chatkit-container`. */
export interface ChatKitQuestion {
  text: string;
  /** True sends it at once; else it stands in the composer. */
  send: boolean;
}

/** Detail of `chatkit:launcher`, which `<chatkit-launcher>` sends when one of these has changed. */
export interface ChatKitLauncherState {
  open: boolean;
  /** Whether there is an answer that nobody has seen. */
  unread: boolean;
}

/** `window.ChatKitLauncher`, on pages with `{% chatkit_launcher %}`. */
export interface ChatKitLauncherApi {
  /** Whether the chat is open. */
  readonly isOpen: boolean;
  /** Opens the chat, with a question in the composer or sent; false where there is no launcher. */
  open(question?: string, options?: { send?: boolean }): boolean;
  close(): void;
  /** Throws away what the browser keeps of the chat: for a log-out that no form of this site does. */
  forget(): void;
}

declare global {
  interface HTMLElementEventMap extends ChatKitContainerEvents {
    "chatkit:ask": CustomEvent<ChatKitQuestion>;
    "chatkit:launcher": CustomEvent<ChatKitLauncherState>;
  }
  interface DocumentEventMap extends ChatKitContainerEvents {
    "chatkit:launcher": CustomEvent<ChatKitLauncherState>;
  }
  interface Window {
    ChatKitLauncher?: ChatKitLauncherApi;
  }
}
