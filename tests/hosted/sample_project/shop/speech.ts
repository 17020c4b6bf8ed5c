export const transcribe = {model: "gpt-4o-transcribe"};
export const later = {model: "gpt-transcribe"};
