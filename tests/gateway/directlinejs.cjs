// Holds a conversation through the unmodified npm package botframework-directlinejs, and prints what it heard as JSON.
// Arguments: the gateway's address, a secret, the folder with node_modules.
const { createRequire } = require("node:module");
const path = require("node:path");

const [address, secret, folder] = process.argv.slice(2);
const load = createRequire(path.join(folder, "package.json"));
global.XMLHttpRequest = load("xhr2");
const sockets = [];
global.WebSocket = class extends load("ws") {
  constructor(...args) {
    super(...args);
    sockets.push(this);
  }
};
const { DirectLine, ConnectionStatus } = load("botframework-directlinejs");

const heard = [];
const statuses = [];
const waiting = [];
const line = new DirectLine({ secret, domain: `${address}/v3/directline`, conversationStartProperties: { locale: "en-GB" } });

function until(count) {
  return new Promise((resolve) => {
    waiting.push({ count, resolve });
    settle();
  });
}

function settle() {
  for (const each of waiting.filter(({ count }) => heard.length >= count)) each.resolve();
}

function say(text) {
  return new Promise((resolve, reject) => {
    line.postActivity({ type: "message", text, from: { id: "dl_node", name: "Node" } }).subscribe(resolve, reject);
  });
}

async function main() {
  line.connectionStatus$.subscribe((status) => statuses.push(ConnectionStatus[status]));
  line.activity$.subscribe((activity) => {
    if (activity.type === "message") heard.push(activity);
    settle();
  });
  await until(1);
  const ids = [await say("hello from node")];
  await until(3);
  sockets.at(-1).terminate();
  ids.push(await say("said while the stream was down"));
  await until(5);
  ids.push(await say("and after"));
  await until(7);
  line.end();
  console.log(JSON.stringify({ ids, statuses, sockets: sockets.length, heard: heard.map(({ id, text }) => ({ id, text })) }));
  process.exit(0);
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
