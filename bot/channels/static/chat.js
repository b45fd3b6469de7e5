// The chat page: plain DOM, no dependencies. Whatever comes from the server is shown with textContent only.
"use strict";

(() => {
  const WEBHOOK = "webhooks/rest/webhook";
  const TEXTS = {
    zh: {
      greeting: "您好！我是自动问答助手，回答浑南区年度计划里的内容。可以这样问：",
      examples: ["今年要装多少盏路灯？", "24小时服务大厅是怎么回事？", "农村公路修多少公里？"],
      waiting: "正在查找……",
      failed: "没有发送成功，请检查网络后重试。",
      busy: "消息太频繁了，请稍后重试。",
      retry: "重试",
      other: "English",
      otherLabel: "Switch to English",
    },
    en: {
      greeting: "Hello! I am an automatic assistant for the district's yearly plan. You could ask:",
      examples: ["How many street lamps will be installed in the villages?", "What is the 24-hour service hall?", "How many kilometres of rural roads will be repaired?"],
      waiting: "Looking it up…",
      failed: "That could not be sent. Please check your connection and try again.",
      busy: "Too many messages, please try again in a moment.",
      retry: "Try again",
      other: "中文",
      otherLabel: "切换到中文",
    },
  };
  const LIMIT_MS = 30000;
  const log = document.getElementById("log");
  const status = document.getElementById("status");
  const form = document.getElementById("form");
  const question = document.getElementById("question");
  const send = document.getElementById("send");
  const toggle = document.getElementById("language");
  let language = "zh";
  let waiting = false;

  const recall = (key) => { try { return sessionStorage.getItem(key); } catch { return null; } };
  const keep = (key, value) => { try { sessionStorage.setItem(key, value); } catch { /* private mode: forget it */ } };

  function newSession() {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    return "web-" + Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  }
  const session = recall("session") || newSession();
  keep("session", session);

  function say(text, kind) {
    const bubble = document.createElement("div");
    bubble.className = "said " + kind;
    bubble.textContent = text;
    log.append(bubble);
    log.scrollTop = log.scrollHeight;
    return bubble;
  }

  function offer(choices) {
    const row = document.createElement("div");
    row.className = "choices";
    for (const { title, action } of choices) {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = title;
      button.addEventListener("click", () => { if (!waiting) action(row); });
      row.append(button);
    }
    log.append(row);
    log.scrollTop = log.scrollHeight;
  }

  function show(message) {
    if (typeof message.text === "string") say(message.text, "theirs");
    if (Array.isArray(message.buttons) && message.buttons.length) {
      offer(message.buttons.map((button) => ({
        title: String(button.title),
        action: () => ask(String(button.payload)),
      })));
    }
  }

  async function post(text) {
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), LIMIT_MS);
    try {
      const response = await fetch(WEBHOOK, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ sender: session, message: text }),
        signal: stop.signal,
      });
      if (response.status === 429) throw new Error("busy");
      if (!response.ok) throw new Error("failed");
      return await response.json();
    } finally {
      clearTimeout(timer);
    }
  }

  async function ask(text, again) {
    if (waiting || !text.trim()) return;
    if (!again) say(text, "mine");
    setWaiting(true);
    try {
      for (const message of await post(text)) show(message);
    } catch (error) {
      const bubble = say(TEXTS[language][error.message === "busy" ? "busy" : "failed"], "failed");
      offer([{ title: TEXTS[language].retry, action: (row) => { bubble.remove(); row.remove(); ask(text, true); question.focus(); } }]);
    } finally {
      setWaiting(false);
    }
  }

  function setWaiting(now) {
    waiting = now;
    send.disabled = now;
    log.setAttribute("aria-busy", String(now));
    status.textContent = now ? TEXTS[language].waiting : "";
  }

  function setLanguage(next) {
    language = next;
    keep("language", next);
    document.documentElement.lang = next === "zh" ? "zh-Hans" : "en";
    for (const element of document.querySelectorAll("[data-zh]")) element.textContent = element.dataset[next];
    question.placeholder = next === "zh" ? question.dataset.hintZh : question.dataset.hintEn;
    log.setAttribute("aria-label", next === "zh" ? log.dataset.labelZh : log.dataset.labelEn);
    toggle.textContent = TEXTS[next].other;
    toggle.lang = next === "zh" ? "en" : "zh-Hans";
    toggle.setAttribute("aria-label", TEXTS[next].otherLabel);
  }

  function greet() {
    const { greeting, examples } = TEXTS[language];
    say(greeting, "theirs");
    offer(examples.map((example) => ({ title: example, action: () => ask(example) })));
  }

  function resize() {
    question.style.height = "auto";
    question.style.height = question.scrollHeight + "px";
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const text = question.value;
    if (waiting || !text.trim()) return;
    question.value = "";
    resize();
    ask(text);
    question.focus();
  });
  question.addEventListener("input", resize);
  question.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      form.requestSubmit();
    }
  });
  toggle.addEventListener("click", () => {
    setLanguage(language === "zh" ? "en" : "zh");
    greet();
    question.focus();
  });

  setLanguage(recall("language") === "en" ? "en" : "zh");
  greet();
})();
