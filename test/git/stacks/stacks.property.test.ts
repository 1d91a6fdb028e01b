import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Member, StackWorld } from './stack-world.ts';

/** In seconds: what is not tried by then is left for another seed. More finds more: PROPERTY_SECONDS=600. */
const LIMIT = Number(process.env.PROPERTY_SECONDS ?? 25);

/** No machine comes to as many. */
const MOST = LIMIT * 10;

const DEPTH = 6;
const WIDTH = 4;

/** For each session but the first, which of the earlier ones it stands on; beyond their number: none. */
const shape = fc.array(fc.nat(9), { minLength: 1, maxLength: 9 });
const where = fc.constantFrom('own', 'own', 'below', 'shared');
const method = fc.constantFrom('merge', 'squash', 'rebase');
const trouble = fc.record({ stopAt: fc.nat(6), twice: fc.constantFrom(false, false, true) });

const event = fc.record({
  session: fc.nat(9),
  what: fc.constantFrom('work', 'publish', 'follow', 'add', 'drop', 'main', 'merge'),
  ...{ where, method, trouble, publish: fc.boolean() },
});
type Event = typeof event extends fc.Arbitrary<infer T> ? T : never;

const depthOf = (member: Member | undefined): number => (member ? 1 + depthOf(member.below) : 0);

async function grow(world: StackWorld, choices: readonly number[]): Promise<void> {
  await world.start(undefined);
  for (const choice of choices) {
    const below = world.members[choice];
    const siblings = world.members.filter((member) => member.below === below).length;
    const fits = siblings < WIDTH && depthOf(below) < DEPTH;
    await world.start(fits ? below : world.members.at(-1));
  }
}

async function happen(world: StackWorld, { session, what, ...how }: Event): Promise<void> {
  const member = world.members[session % world.members.length];
  if (!member) return;
  const { trouble } = how;
  if (what === 'work') await world.work(member, how.where, how.publish, trouble);
  else if (what === 'publish' && member.state === 'open') await world.publish(member, trouble);
  else if (what === 'follow') await world.follow(member, trouble);
  else if (what === 'add') world.addElsewhere(member, how.where);
  else if (what === 'drop') world.dropElsewhere(member);
  else if (what === 'main') world.moveMain();
  else if (what === 'merge') await world.merge(member, how.method, trouble);
}

test(
  'whatever happens to a stack, main ends with every change once, and no other',
  async () => {
    const deadline = Date.now() + LIMIT * 1_000;
    let tried = 0;
    const property = fc.asyncProperty(
      shape,
      fc.array(event, { maxLength: 14 }),
      fc.array(method, { minLength: 10, maxLength: 10 }),
      trouble,
      async (choices, events, methods, disturbed) => {
        // Whatever the machine, one is tried to its end.
        if (tried++ > 0 && Date.now() > deadline) return;
        const world = new StackWorld(choices.length + 1);
        await grow(world, choices);
        for (const one of events) await happen(world, one);
        // From the bottom up: an earlier session is never on top of a later one.
        for (const [index, member] of world.members.entries())
          await world.merge(member, methods[index] ?? 'merge', disturbed);
        expect(world.lines('main')).toEqual(world.expected);
        expect(world.members.map(({ state }) => state)).not.toContain('merged below');
        for (const member of world.members) expect(world.leftIn(member)).toBe('');
      },
    );
    await fc.assert(property, {
      numRuns: MOST,
      // A failure names its seed and path; to have it made smaller, run those without this.
      endOnFailure: true,
      ...(process.env.PROPERTY_SEED && { seed: Number(process.env.PROPERTY_SEED) }),
    });
  },
  (LIMIT + 120) * 1_000,
);
