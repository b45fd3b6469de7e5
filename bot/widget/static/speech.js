// Reading aloud and voice input, where the browser has them.
const TAGS = { "zh-Hans": "zh-CN", "zh-Hant": "zh-TW", en: "en-US" };
const Recognition = globalThis.SpeechRecognition ?? globalThis.webkitSpeechRecognition;

/** A voice of this device; a voice from elsewhere would send the text out. */
function voiceFor(language) {
  const voices = globalThis.speechSynthesis?.getVoices().filter((voice) => voice.localService) ?? [];
  return voices.find((voice) => voice.lang === TAGS[language]) ?? voices.find((voice) => voice.lang.startsWith(language.slice(0, 2)));
}

export const canListen = (language) => Boolean(voiceFor(language));

/** Read a text aloud; stops what is being read. `ended` is called when it is over. */
export function read(text, language, ended) {
  hush();
  const utterance = new SpeechSynthesisUtterance(text);
  utterance.voice = voiceFor(language);
  utterance.lang = utterance.voice?.lang ?? TAGS[language];
  utterance.onend = ended;
  utterance.onerror = ended;
  speechSynthesis.speak(utterance);
}

export const hush = () => globalThis.speechSynthesis?.cancel();

export const canDictate = () => Boolean(Recognition);

/** Listen once; gives the words so far to `heard`, and calls `ended` with whether any were understood. */
export function dictate(language, heard, ended) {
  const recognition = new Recognition();
  let words = "";
  recognition.lang = TAGS[language];
  recognition.interimResults = true;
  recognition.onresult = (event) => {
    words = Array.from(event.results, (result) => result[0].transcript).join("");
    heard(words);
  };
  recognition.onend = () => ended(Boolean(words));
  recognition.onerror = () => recognition.abort();
  recognition.start();
  return recognition;
}
