import { fileURLToPath } from 'node:url';
import * as acp from '@agentclientprotocol/sdk';

/** What it is told in its argument, as JSON. */
export interface AcpLaunch {
  readonly command: readonly string[];
  readonly conversation: string;
  readonly resume: boolean;
  readonly model?: string;
  readonly allow: readonly string[];
  /** Whether it may only read, and write to `.coppice`. */
  readonly plan: boolean;
  /** What the turn may cost, in US dollars, for an agent that can be told. */
  readonly costLimit?: number;
}

/** Tools to end the turn with. */
const SERVER = fileURLToPath(
  new URL(`./outcome-server${import.meta.url.slice(-3)}`, import.meta.url),
);

/** What every way to open a session takes. Other agents than Claude's don't know its keys, and want the server by itself. */
function common({ costLimit }: AcpLaunch, cwd: string, claude: boolean): acp.NewSessionRequest {
  const outcomeServer = { command: process.execPath, args: [SERVER, cwd] };
  return {
    cwd,
    mcpServers: claude ? [] : [{ name: 'coppice', ...outcomeServer, env: [] }],
    _meta: {
      claudeCode: {
        options: {
          // A repository's settings are read unless told not to.
          settingSources: ['user'],
          ...(costLimit !== undefined && { maxBudgetUsd: Math.max(0.000001, costLimit) }),
          // Tools of others are not shown to the model before it searches for them.
          ...(claude && { mcpServers: { coppice: { ...outcomeServer, alwaysLoad: true } } }),
        },
      },
    },
  };
}

/**
 * Opens the turn's session: the one it resumes, or a new one where there is none or the agent has lost it.
 * @returns its id
 */
export async function openSession(
  agent: acp.ClientContext,
  launch: AcpLaunch,
  cwd: string,
): Promise<string> {
  const { agentCapabilities, agentInfo } = await agent.request(acp.methods.agent.initialize, {
    protocolVersion: acp.PROTOCOL_VERSION,
    clientInfo: { name: 'coppice', version: '0' },
    clientCapabilities: {},
  });
  const opening = common(launch, cwd, /claude/i.test(agentInfo?.name ?? ''));
  if (launch.resume && agentCapabilities?.sessionCapabilities?.resume)
    return known(agent, acp.methods.agent.session.resume, launch, opening);
  if (launch.resume && agentCapabilities?.loadSession)
    return known(agent, acp.methods.agent.session.load, launch, opening);
  return newSession(agent, launch, opening);
}

/** A session it should know; another one when it has lost that. */
async function known(
  agent: acp.ClientContext,
  method: 'session/resume' | 'session/load',
  launch: AcpLaunch,
  opening: acp.NewSessionRequest,
): Promise<string> {
  const sessionId = launch.conversation;
  const { resume, load } = acp.methods.agent.session;
  try {
    const opened = await (method === resume
      ? agent.request(resume, { sessionId, ...opening })
      : agent.request(load, { sessionId, ...opening }));
    await prepare(agent, sessionId, launch, opened);
    return sessionId;
  } catch (error) {
    if (!(error instanceof acp.RequestError)) throw error;
    console.error(`the session ${sessionId} can't be resumed: ${error.message}`);
    return newSession(agent, launch, opening);
  }
}

async function newSession(
  agent: acp.ClientContext,
  launch: AcpLaunch,
  opening: acp.NewSessionRequest,
): Promise<string> {
  const opened = await agent.request(acp.methods.agent.session.new, opening);
  await prepare(agent, opened.sessionId, launch, opened);
  return opened.sessionId;
}

/** The mode in which it asks, where there are several, and the model. */
async function prepare(
  agent: acp.ClientContext,
  sessionId: string,
  { model }: AcpLaunch,
  { modes, configOptions }: Pick<acp.LoadSessionResponse, 'modes' | 'configOptions'>,
): Promise<void> {
  const asks = modes?.availableModes.find(({ id }) => id === 'default');
  if (asks && modes?.currentModeId !== asks.id)
    await agent.request(acp.methods.agent.session.setMode, { sessionId, modeId: asks.id });
  if (model === undefined) return;
  const option = configOptions?.find(({ category, id }) => category === 'model' || id === 'model');
  if (!option) throw new Error('the agent does not let its model be chosen: leave agent.model out');
  await agent.request(acp.methods.agent.session.setConfigOption, {
    sessionId,
    configId: option.id,
    value: model,
  });
}
