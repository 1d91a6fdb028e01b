import { Channel } from '../../src/domain/settings/notify-settings.ts';
import { RepositoryName } from '../../src/domain/shared/repository.ts';
import { send } from '../../src/notify/channels/index.ts';
import { createOutbox } from '../../src/notify/outbox.ts';
import { coppiceHome } from '../../src/state/home.ts';

/** outbox-process.ts URL FROM TO: an outbox that is told of the events FROM to TO, each in a while, and is killed at some time. */
const [url, from = '0', to = '0'] = process.argv.slice(2);
const channel = Channel.parse({ type: 'webhook', url });
const outbox = createOutbox({
  home: coppiceHome(process.env),
  settings: async () => ({ gather: 0.02, remind: 86_400, channels: new Map([['hook', channel]]) }),
  send: (to, message) =>
    to === 'desktop' ? Promise.resolve() : send(to, message, { env: process.env, fetch }),
  stillAsks: async () => true,
  log: () => {},
});
outbox.start();
for (let index = Number(from); index < Number(to); index++) {
  await outbox.tell({
    ...{ key: `event ${index}`, kind: 'stuck', at: new Date().toISOString(), issue: index + 1 },
    ...{ repository: RepositoryName.parse('acme/app'), title: `#${index + 1} is stuck` },
    ...{ text: 'Which?', url: null, question: null },
  });
  process.send?.({ told: index });
  await new Promise((resolve) => setTimeout(resolve, 20));
}
