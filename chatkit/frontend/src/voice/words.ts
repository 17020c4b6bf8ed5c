/** The words of dictation and reading aloud: they come with the part that needs them. */
export interface VoiceWords {
  dictation: string;
  asking: string;
  recording: string;
  paused: string;
  pause: string;
  goOn: string;
  cancel: string;
  done: string;
  again: string;
  retry: string;
  discard: string;
  writing: string;
  written: string;
  cancelled: string;
  left(seconds: number): string;
  longest: string;
  refused: string;
  noMicrophone: string;
  busyMicrophone: string;
  unsupported: string;
  silence: string;
  nothingSaid: string;
  tooShort: string;
  unplugged: string;
  cut: string;
  failed: string;
  codeLeftOut: string;
  tableLeftOut: string;
  cannotRead: string;
}

export const english: VoiceWords = {
  dictation: "Dictation",
  asking: "Allow the microphone in your browser.",
  recording: "Recording. Say what you want to write.",
  paused: "Paused",
  pause: "Pause",
  goOn: "Go on recording",
  cancel: "Cancel the recording",
  done: "Write it down",
  again: "Record again",
  retry: "Try again",
  discard: "Discard the recording",
  writing: "Writing down what you said…",
  written: "What you said is in the message. Read it before you send it.",
  cancelled: "The recording was cancelled.",
  left: (seconds) => (seconds === 1 ? "1 second left" : `${seconds} seconds left`),
  longest: "Five minutes are up. What you said is being written down.",
  refused: "This site may not use the microphone. Allow it in your browser's settings for this site, then try again.",
  noMicrophone: "No microphone was found. Connect one, then try again.",
  busyMicrophone: "The microphone can't be used: another program may be using it.",
  unsupported: "This browser can't record speech on this page.",
  silence: "Nothing was heard. Check whether the microphone is muted, then try again.",
  nothingSaid: "No words were understood. Speak close to the microphone, then try again.",
  tooShort: "That was too short. Speak first, then write it down.",
  unplugged: "The microphone was disconnected. What was recorded so far is kept.",
  cut: "The recording couldn't be sent. It is kept: check your connection, then try again.",
  failed: "What you said couldn't be written down. The recording is kept.",
  codeLeftOut: "Code is left out.",
  tableLeftOut: "A table is left out.",
  cannotRead: "This browser can't read aloud here.",
};
