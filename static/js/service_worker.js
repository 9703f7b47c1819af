// Shows a message, and opens the page it leads to. What it says was chosen to tell nothing on a locked screen.

self.addEventListener("push", (event) => {
  const { words, place } = event.data.json();
  event.waitUntil(self.registration.showNotification(words, { tag: "reminder", data: place }));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(self.clients.openWindow(event.notification.data));
});
