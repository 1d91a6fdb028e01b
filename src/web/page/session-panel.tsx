import { useEffect, useRef, useState } from 'preact/hooks';
import type { SessionView } from '../../client/types.ts';
import { age } from '../../domain/shared/age.ts';
import type { PageSession } from '../page-board.ts';
import { act, guide, readSession } from './api.ts';
import { Button } from './button.tsx';
import { isWebAddress } from './labels.ts';

interface PanelProps {
  readonly session: PageSession;
  readonly now: number;
  readonly close: () => void;
}

/** Everything about one session, and what the person can do with it. */
export function SessionPanel({ session, now, close }: PanelProps) {
  const { record } = session;
  const issue = record.issueNumber;
  const dialog = useRef<HTMLDialogElement>(null);
  const [view, setView] = useState<SessionView>();
  const [problem, setProblem] = useState<string>();
  useEffect(() => dialog.current?.showModal(), []);
  // What changed is read again whenever the board tells of a change of this session.
  useEffect(() => {
    let gone = false;
    readSession(issue).then(
      (read) => gone || setView(read),
      (error: Error) => gone || setProblem(error.message),
    );
    return () => {
      gone = true;
    };
  }, [issue, JSON.stringify(record)]);
  return (
    <dialog ref={dialog} onClose={close} aria-labelledby="session-title">
      <form method="dialog">
        <button type="submit" class="close">
          Close
        </button>
      </form>
      <h2 id="session-title">
        #{issue} {record.issueTitle}
      </h2>
      <p>
        {record.status}, {record.activity} <small>{age(record.since, new Date(now))}</small>
      </p>
      {problem !== undefined && (
        <p role="alert" class="problem">
          {problem}
        </p>
      )}
      {session.open && view && (
        <Answer key={view.detail.stuck?.decision} issue={issue} stuck={view.detail.stuck} />
      )}
      {session.open && (
        <p class="actions">
          <Button act={() => act(issue, 'pause')}>Pause</Button>
          <Button act={() => act(issue, 'resume')}>Resume</Button>
          <Button act={() => act(issue, 'cancel')} confirm={`Cancel #${issue}? Its work is kept.`}>
            Cancel session
          </Button>
        </p>
      )}
      <Links record={record} webUrl={view?.webUrl} />
      {view && <Detail view={view} />}
    </dialog>
  );
}

type Stuck = NonNullable<SessionView['detail']['stuck']>;
type Option = Stuck['options'][number];

/** The question, if there is one, with a button for each option; and a field for words of the person's own. */
function Answer({ issue, stuck }: { issue: number; stuck: Stuck | null }) {
  const [text, setText] = useState('');
  // A question that was changed meanwhile does not take an answer to the former one.
  const about = stuck === null ? {} : { about: stuck.decision };
  const send = (said: Parameters<typeof guide>[1]) => async () => {
    await guide(issue, said);
    setText('');
  };
  return (
    <>
      {stuck && (
        <section class="question" aria-label="Question">
          <h3>{stuck.decision}</h3>
          {stuck.context !== '' && <p class="text">{stuck.context}</p>}
          <ol class="options">
            {stuck.options.map((option, index) => {
              const said = answerOf(option, index + 1, text);
              return (
                <li key={option.label}>
                  {said ? (
                    <Button act={send({ ...said, ...about })}>{option.label}</Button>
                  ) : (
                    option.label
                  )}{' '}
                  <small>{remarkOn(option)}</small>
                </li>
              );
            })}
          </ol>
        </section>
      )}
      <p class="guide">
        <label>
          {stuck ? 'Your answer' : 'Guidance'}
          <textarea
            rows={3}
            value={text}
            onInput={({ currentTarget }) => setText(currentTarget.value)}
          />
        </label>
        <Button act={send({ text, ...about })}>Send</Button>
      </p>
    </>
  );
}

/** What the button of an option sends; undefined for those that are done elsewhere: by the field below, or by `Cancel session`. */
function answerOf({ effect = 'answer' }: Option, option: number, text: string) {
  if (effect === 'say' || effect === 'cancel' || effect === 'wait') return undefined;
  return effect === 'raise' ? { budget: RAISE } : { option, text };
}

/** By how much a button raises a budget, in US dollars. */
const RAISE = 5;

const remarkOn = ({ consequence, recommended, effect }: Option): string =>
  [recommended ? 'recommended' : '', consequence, effect === 'raise' ? `by $${RAISE}` : '']
    .filter(Boolean)
    .join('; ');

function Links({ record, webUrl }: { record: PageSession['record']; webUrl: string | undefined }) {
  const { pullRequestUrl } = record;
  return (
    <p class="actions">
      {isWebAddress(pullRequestUrl) && (
        <a href={pullRequestUrl} rel="noreferrer" target="_blank">
          Pull request
        </a>
      )}
      {isWebAddress(webUrl) && (
        <a href={webUrl} rel="noreferrer" target="_blank">
          History in Temporal’s Web UI
        </a>
      )}
    </p>
  );
}

function Detail({ view: { detail } }: { view: SessionView }) {
  return (
    <>
      {detail.plan !== '' && (
        <details open={detail.stuck?.asksFor === 'approval'}>
          <summary>Plan</summary>
          <p class="text">{detail.plan}</p>
        </details>
      )}
      {detail.turns.length > 0 && (
        <details open>
          <summary>Turns ({detail.turns.length})</summary>
          <table>
            <thead>
              <tr>
                <th scope="col">Kind</th>
                <th scope="col">Outcome</th>
                <th scope="col">Cost</th>
                <th scope="col">Summary</th>
              </tr>
            </thead>
            <tbody>
              {detail.turns.map((turn) => (
                <tr key={turn.id}>
                  <td>{turn.kind}</td>
                  <td>{turn.outcome ?? 'under way'}</td>
                  <td>{turn.costUsd === null ? '' : `$${turn.costUsd.toFixed(2)}`}</td>
                  <td>{turn.summary}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </details>
      )}
      {detail.guidance.length > 0 && (
        <details>
          <summary>Guidance ({detail.guidance.length})</summary>
          <ul>
            {detail.guidance.map((entry) => (
              <li key={entry.receivedAt} class="text">
                {entry.text === '' ? entry.action : entry.text}
              </li>
            ))}
          </ul>
        </details>
      )}
    </>
  );
}
