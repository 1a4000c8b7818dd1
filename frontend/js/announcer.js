// The calling screen says aloud who is called, when somebody switched that on and the browser has a voice of its own.
// Browsers speak only after a click, so it is off until then; what was called before isn't said again.
export function announcer(Alpine) {
  Alpine.data("announcer", () => ({
    can: false,
    isOn: false,
    said: "",

    get isOff() {
      return !this.isOn;
    },

    get pressed() {
      return String(this.isOn);
    },

    init() {
      if (!("speechSynthesis" in window)) return;
      const look = () => {
        this.can = Boolean(voice());
      };
      look();
      speechSynthesis.addEventListener?.("voiceschanged", look);
      this.said = called()?.dataset.call ?? "";
      const figures = document.querySelector("[data-wall-figures]");
      if (figures) new MutationObserver(() => this.announce()).observe(figures, { childList: true });
    },

    toggle() {
      this.isOn = !this.isOn;
      if (!this.isOn) speechSynthesis.cancel();
    },

    announce() {
      const call = called();
      if (!call || call.dataset.call === this.said) return;
      this.said = call.dataset.call;
      if (this.isOn) speak(call.dataset.say);
    },
  }));
}

const called = () => document.querySelector("[data-wall-figures] [data-call]");

function voice() {
  const language = document.documentElement.lang.slice(0, 2).toLowerCase();
  return speechSynthesis.getVoices().find((each) => each.localService && each.lang.toLowerCase().startsWith(language));
}

// A number is said sign by sign: A 0 0 3.
function speak(text) {
  const utterance = new SpeechSynthesisUtterance(text.replace(/([A-Z])(\d+)/g, (_all, letter, digits) => `${letter} ${[...digits].join(" ")}`));
  const chosen = voice();
  if (!chosen) return;
  Object.assign(utterance, { voice: chosen, lang: chosen.lang, rate: 0.9 });
  speechSynthesis.speak(utterance);
  speechSynthesis.speak(Object.assign(new SpeechSynthesisUtterance(utterance.text), { voice: chosen, lang: chosen.lang, rate: 0.9 }));
}
