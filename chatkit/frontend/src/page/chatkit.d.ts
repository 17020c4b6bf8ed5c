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

declare global {
  interface HTMLElementEventMap extends ChatKitContainerEvents {}
  interface DocumentEventMap extends ChatKitContainerEvents {}
}
