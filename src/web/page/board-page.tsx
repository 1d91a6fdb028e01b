import { useState } from 'preact/hooks';
import { age } from '../../domain/shared/age.ts';
import type { PageBoard, PageSession } from '../page-board.ts';
import { changeRun } from './api.ts';
import { Button } from './button.tsx';
import { figures, isWebAddress, LANES } from './labels.ts';
import { useLive, useNow } from './live.ts';
import { SessionPanel } from './session-panel.tsx';

/** All sessions of a repository: what waits for the person on top, then a lane for each state, then the queue. */
export function BoardPage() {
  const { repository, board, trouble } = useLive();
  const [chosen, choose] = useState<number>();
  const now = useNow();
  const session = board?.sessions.find(({ record }) => record.issueNumber === chosen);
  return (
    <>
      <header>
        <h1>{repository || 'Coppice'}</h1>
        {board && <Runs board={board} />}
      </header>
      <div role="status" class={trouble === undefined ? 'trouble none' : 'trouble'}>
        {trouble ?? (board?.live === false ? 'No service answers: this is what was recorded.' : '')}
      </div>
      <main>
        {board && <Sessions board={board} now={now} choose={choose} />}
        {board === undefined && trouble === undefined && <p>Reading the sessions …</p>}
      </main>
      {session && (
        <SessionPanel key={chosen} session={session} now={now} close={() => choose(undefined)} />
      )}
    </>
  );
}

function Runs({ board: { runs } }: { board: PageBoard }) {
  return (
    <ul class="runs">
      {runs.map(({ name, paused, concurrency }) => (
        <li key={name}>
          Run {name}
          {paused ? ', paused' : `, ${concurrency} at a time`}{' '}
          <Button act={() => changeRun(name, { do: paused ? 'resume' : 'pause' })}>
            {paused ? 'Resume run' : 'Pause run'}
          </Button>
        </li>
      ))}
    </ul>
  );
}

interface SessionsProps {
  readonly board: PageBoard;
  readonly now: number;
  readonly choose: (issue: number) => void;
}

function Sessions({ board, now, choose }: SessionsProps) {
  const { sessions, queue } = board;
  const waiting = sessions.filter(({ need }) => need !== undefined);
  const card = (session: PageSession) => (
    <Card key={session.record.issueNumber} session={session} now={now} choose={choose} />
  );
  return (
    <>
      {waiting.length > 0 && (
        <section class="waiting" aria-label="Waits for you">
          <h2>Waits for you ({waiting.length})</h2>
          <ul>
            {waiting.map(({ record, need }) => (
              <li key={record.issueNumber}>
                <button type="button" onClick={() => choose(record.issueNumber)}>
                  #{record.issueNumber} {need}: {record.stuckReason ?? record.issueTitle}
                </button>
              </li>
            ))}
          </ul>
        </section>
      )}
      <div class="lanes">
        {LANES.map(([status, heading]) => {
          const own = sessions.filter(({ record }) => record.status === status);
          return (
            <section key={status} class={`lane ${status}`} aria-label={heading}>
              <h2>
                {heading} ({own.length})
              </h2>
              <ul>{own.map(card)}</ul>
            </section>
          );
        })}
      </div>
      {queue.length > 0 && (
        <section aria-label="Queue">
          <h2>Queue ({queue.length})</h2>
          <ol class="queue">
            {queue.map(({ issue, run, title, waits }) => (
              <li key={issue}>
                #{issue} {title} <small>{waits}</small>{' '}
                <Button act={() => changeRun(run, { do: 'reorder', first: [issue] })}>
                  Put #{issue} first
                </Button>
              </li>
            ))}
          </ol>
        </section>
      )}
      {sessions.length + queue.length === 0 && (
        <p>
          There are no sessions. Start some: <code>coppice run 123 124</code>
        </p>
      )}
    </>
  );
}

interface CardProps {
  readonly session: PageSession;
  readonly now: number;
  readonly choose: (issue: number) => void;
}

function Card({ session: { record, silence }, now, choose }: CardProps) {
  const { issueNumber, issueTitle, activity, since, pullRequestUrl, retrying } = record;
  return (
    <li class="card">
      <button type="button" class="title" onClick={() => choose(issueNumber)}>
        #{issueNumber} {issueTitle}
      </button>
      <p>
        {silence ?? activity} <small>{age(since, new Date(now))}</small>
      </p>
      {retrying && (
        <p class="retrying">{`${retrying.activity}, attempt ${retrying.attempt}: ${retrying.failure}`}</p>
      )}
      <p>
        <small>{figures(record)}</small>{' '}
        {isWebAddress(pullRequestUrl) && (
          <a href={pullRequestUrl} rel="noreferrer" target="_blank">
            Pull request of #{issueNumber}
          </a>
        )}
      </p>
    </li>
  );
}
