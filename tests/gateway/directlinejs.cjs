// Speaks through the unmodified npm package botframework-directlinejs, as told on stdin, one JSON object a line:
//   {"say": "text"}   post a message               {"drop": true}   cut the stream's connection
//   {"end": true}     end
// On stdout, likewise: {"heard": activity}, {"said": id}, {"status": name}, {"dropped": true}.
// Arguments: the gateway's address, a secret, the folder with node_modules.
const { createRequire } = require("node:module");
const path = require("node:path");
const readline = require("node:readline");

const [address, secret, folder] = process.argv.slice(2);
const load = createRequire(path.join(folder, "package.json"));
const sockets = [];
global.XMLHttpRequest = load("xhr2");
global.WebSocket = class extends load("ws") {
  constructor(...args) {
    super(...args);
    sockets.push(this);
  }
};
const { DirectLine, ConnectionStatus } = load("botframework-directlinejs");

const tell = (what) => process.stdout.write(`${JSON.stringify(what)}\n`);
const fail = (error) => {
  console.error(error);
  process.exit(1);
};

const line = new DirectLine({ secret, domain: `${address}/v3/directline`, conversationStartProperties: { locale: "en-GB" } });
line.connectionStatus$.subscribe((status) => tell({ status: ConnectionStatus[status] }));
line.activity$.subscribe((activity) => tell({ heard: activity }), fail);

readline.createInterface({ input: process.stdin }).on("line", (text) => {
  const command = JSON.parse(text);
  if (command.say) {
    const activity = { type: "message", text: command.say, from: { id: "dl_node", name: "Node" } };
    line.postActivity(activity).subscribe((id) => tell({ said: id }), fail);
  } else if (command.drop) {
    sockets.at(-1).on("close", () => tell({ dropped: true }));
    sockets.at(-1).terminate();
  } else {
    line.end();
    process.exit(0);
  }
});
