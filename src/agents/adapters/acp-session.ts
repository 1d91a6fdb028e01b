import { fileURLToPath } from 'node:url';
import * as acp from '@agentclientprotocol/sdk';

/** The argument of acp-client.ts, as JSON. */
export interface AcpLaunch {
  readonly command: readonly string[];
  readonly conversation: string;
  readonly resume: boolean;
  readonly model?: string;
  readonly allow: readonly string[];
  /** Whether the agent may only read files, and write in `.coppice`. */
  readonly plan: boolean;
  /** The cost limit of the turn, in US dollars, for agents that accept one. */
  readonly costLimit?: number;
}

/** The MCP server with the tools that end a turn. */
const SERVER = fileURLToPath(
  new URL(`./outcome-server${import.meta.url.slice(-3)}`, import.meta.url),
);

/**
 * The parameters of every request that opens a session. The keys in `_meta` are for Claude's agent only.
 * Other agents ignore them, and get the MCP server in `mcpServers`.
 */
function common({ costLimit }: AcpLaunch, cwd: string, claude: boolean): acp.NewSessionRequest {
  const outcomeServer = { command: process.execPath, args: [SERVER, cwd] };
  return {
    cwd,
    mcpServers: claude ? [] : [{ name: 'coppice', ...outcomeServer, env: [] }],
    _meta: {
      claudeCode: {
        options: {
          // By default a repository's settings would be read too.
          settingSources: ['user'],
          ...(costLimit !== undefined && { maxBudgetUsd: Math.max(0.000001, costLimit) }),
          // Without `alwaysLoad`, the model sees a tool of an MCP server only when it searches for it.
          ...(claude && { mcpServers: { coppice: { ...outcomeServer, alwaysLoad: true } } }),
        },
      },
    },
  };
}

/**
 * Opens the session of the turn: it resumes the conversation, or opens a new one if there is none or the
 * agent has lost it.
 * @returns the session's id
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

/** Resumes or loads a session. If the agent has lost it, a new one is opened. */
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

/** Selects the mode in which the agent asks for permission, if it has several modes, and the model. */
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
  if (!option)
    throw new Error('the agent has no option for its model: remove agent.model from coppice.yaml');
  await agent.request(acp.methods.agent.session.setConfigOption, {
    sessionId,
    configId: option.id,
    value: model,
  });
}
