/** The browser's microphone and recorder. */
import type { Recorder } from "./dictation";

/** The three that the protocol knows, in the order in which servers like them. */
const TYPES = ["audio/webm;codecs=opus", "audio/mp4", "audio/ogg;codecs=opus"];
/** Enough for speech: five minutes are little more than a megabyte. */
const BITS = 32_000;
/** Pieces, so that what was recorded is there whatever ends the recording. */
const PIECE_MS = 1000;

/** Rejects as `getUserMedia` does, with a `NotSupportedError` where the browser or the page has no such thing. */
export async function record(lost: () => void): Promise<Recorder> {
  const { mediaDevices } = navigator;
  const mimeType = globalThis.MediaRecorder && TYPES.find((type) => MediaRecorder.isTypeSupported(type));
  if (!mediaDevices?.getUserMedia || !mimeType) throw new DOMException("", "NotSupportedError");
  const stream = await mediaDevices.getUserMedia({
    audio: { channelCount: 1, echoCancellation: true, noiseSuppression: true, autoGainControl: true },
  });
  const release = () => {
    for (const track of stream.getTracks()) track.stop();
  };
  try {
    return recorderOf(stream, mimeType, lost, release);
  } catch (error) {
    release();
    throw error;
  }
}

function recorderOf(stream: MediaStream, mimeType: string, lost: () => void, release: () => void): Recorder {
  const pieces: Blob[] = [];
  const recorder = new MediaRecorder(stream, { mimeType, audioBitsPerSecond: BITS });
  recorder.addEventListener("dataavailable", ({ data }) => data.size && pieces.push(data));
  recorder.start(PIECE_MS);
  const meter = loudness(stream);
  let over = false;
  for (const track of stream.getTracks()) track.addEventListener("ended", () => over || lost());
  return {
    level: () => meter?.level() ?? null,
    pause: () => recorder.state === "recording" && recorder.pause(),
    resume: () => recorder.state === "paused" && recorder.resume(),
    stop: async () => {
      over = true;
      if (recorder.state !== "inactive") {
        const stopped = new Promise((resolve) => recorder.addEventListener("stop", resolve, { once: true }));
        recorder.stop();
        await stopped;
      }
      return new Blob(pieces, { type: recorder.mimeType || mimeType });
    },
    release: () => {
      over = true;
      if (recorder.state !== "inactive") recorder.stop();
      release();
      meter?.close();
    },
  };
}

function loudness(stream: MediaStream): { level(): number | null; close(): void } | null {
  if (!globalThis.AudioContext) return null;
  const context = new AudioContext();
  const analyser = context.createAnalyser();
  analyser.fftSize = 1024;
  context.createMediaStreamSource(stream).connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  return {
    level: () => {
      if (context.state !== "running") return null;
      analyser.getFloatTimeDomainData(samples);
      const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
      // Speech is quiet as numbers go: its root mean square seldom passes a third.
      return Math.min(1, Math.sqrt(power) * 3);
    },
    close: () => void context.close(),
  };
}
