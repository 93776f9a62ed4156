/** What the page keeps, so that a reload or a night goes on in the same conversation. */

const KEY = `baton-chat:${new URLSearchParams(location.search).get("agent") ?? ""}`;

export function remembered() {
  try {
    return JSON.parse(localStorage.getItem(KEY)) ?? {};
  } catch {
    return {};
  }
}

export function remember(changes) {
  try {
    localStorage.setItem(KEY, JSON.stringify({ ...remembered(), ...changes }));
  } catch {
    // A browser that keeps nothing still chats; it only forgets on reload.
  }
}

export function forget() {
  try {
    localStorage.removeItem(KEY);
  } catch {
    // As above.
  }
}
