// Warns some minutes before the session ends, and lets it go on. Nothing needs this script: forms name the time, and what is sent too late is kept.
"use strict";
{
  const box = document.getElementById("session-end");
  const text = box?.querySelector("p");
  const stay = box?.querySelector("button");
  const warnSeconds = 300;
  const clock = (at) => new Date(at).toLocaleTimeString("de-DE", { hour: "2-digit", minute: "2-digit", timeZone: "Europe/Berlin" });
  let end = Date.now() + 1000 * Number(box?.dataset.seconds);
  let shown = "";

  const say = (words, canStay) => {
    // Said again, it would be read out again.
    if (words !== shown) {
      shown = words;
      text.textContent = words;
      box.hidden = words === "";
    }
    stay.hidden = !canStay;
  };

  const look = () => {
    const left = end - Date.now();
    if (left <= 0) {
      say("Ihre Sitzung ist abgelaufen. Sie können das Formular trotzdem absenden: Nach der Anmeldung steht es wieder da.", false);
    } else if (left <= 1000 * warnSeconds) {
      say(`Ihre Sitzung endet um ${clock(end)} Uhr.`, true);
    } else {
      say("", false);
    }
  };

  if (box) {
    stay.addEventListener("click", async () => {
      try {
        const answer = await fetch(box.dataset.address, { cache: "no-store" });
        const { seconds } = await answer.json();
        end = Date.now() + 1000 * seconds;
      } catch {
        // What holds is what was known before.
      }
      look();
    });
    look();
    setInterval(look, 1000);
  }
}
