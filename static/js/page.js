// What every page has: questions before deeds that cannot be undone, buttons that copy, forms sent once.

import { t } from "./texts.js";

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.confirm && !form.dataset.confirmed) {
    event.preventDefault();
    ask(form);
  } else if (form.dataset.sent) {
    event.preventDefault();
  } else if (form.method === "post") {
    form.dataset.sent = "yes";
  }
});

// A page taken from the back-forward cache can be sent again.
addEventListener("pageshow", () => {
  for (const form of document.forms) delete form.dataset.sent;
});

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const source = document.querySelector(button.dataset.copy);
  try {
    await navigator.clipboard.writeText(source.textContent);
    button.textContent = button.dataset.done;
  } catch {
    getSelection().selectAllChildren(source); // no clipboard outside HTTPS: leave it selected
  }
});

function ask(form) {
  const dialog = document.createElement("dialog");
  const question = document.createElement("p");
  const actions = document.createElement("div");
  dialog.className = "confirm";
  question.textContent = form.dataset.confirm;
  actions.className = "actions";
  actions.append(button(t("cancel"), "button", "no"), button(t("confirm"), "button button--danger", "yes"));
  dialog.append(question, actions);
  actions.addEventListener("click", (event) => dialog.close(event.target.value));
  dialog.addEventListener("close", () => {
    dialog.remove();
    if (dialog.returnValue !== "yes") return;
    form.dataset.confirmed = "yes";
    form.requestSubmit();
  });
  document.body.append(dialog);
  dialog.showModal();
}

function button(label, className, value) {
  const node = document.createElement("button");
  Object.assign(node, { type: "button", className, value, textContent: label });
  return node;
}
