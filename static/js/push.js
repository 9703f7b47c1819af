// Messages to this browser: asks for leave, subscribes, tells the server. And copies an address.

const box = document.querySelector("[data-push]");
const can = "serviceWorker" in navigator && "PushManager" in window && "Notification" in window;

/** @param {PushSubscription} subscription */
async function tell(subscription) {
  const { endpoint, keys } = subscription.toJSON();
  const answer = await fetch("/reminders/devices", {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "application/json" },
    body: JSON.stringify({ endpoint, keys }),
  });
  if (!answer.ok) throw new Error("The device could not be kept just now.");
}

async function begin() {
  if ((await Notification.requestPermission()) !== "granted") {
    throw new Error("Your browser does not allow notifications here. Its settings for this site can change that.");
  }
  await navigator.serviceWorker.register("/service_worker.js", { type: "module" });
  const worker = await navigator.serviceWorker.ready;
  const known = await worker.pushManager.getSubscription();
  // One that was made with other keys takes no messages from these.
  await known?.unsubscribe();
  await tell(await worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: box.dataset.push }));
}

if (box && can) {
  const button = box.querySelector("[data-push-begin]"), said = box.querySelector("[data-push-said]");
  box.querySelector("[data-push-cannot]").hidden = true;
  button.hidden = false;
  button.addEventListener("click", async () => {
    button.disabled = true;
    try {
      await begin();
      location.hash = "devices";
      location.reload();
    } catch (error) {
      said.textContent = error.message;
      button.disabled = false;
    }
  });
}

for (const field of document.querySelectorAll("[data-copy]")) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "button quiet";
  made.textContent = "Copy it";
  made.addEventListener("click", async () => {
    await navigator.clipboard.writeText(field.querySelector("input").value);
    made.textContent = "Copied";
  });
  const line = document.createElement("p");
  line.append(made);
  if (navigator.clipboard) field.after(line);
}
