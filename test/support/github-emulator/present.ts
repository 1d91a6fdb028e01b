import type { EmulatedComment } from './discussion.ts';
import { nodeId } from './node-id.ts';
import { branchPresenter } from './present-branch.ts';
import { checkPresenter } from './present-checks.ts';
import type { EmulatedIssue, EmulatedPullRequest, EmulatedRepository } from './state.ts';
import { EMULATED_USER, milestones, type Permission } from './state.ts';

/** How GitHub writes things down. Every field its description requires is here, and few others. */

const links = (url: string, ...names: string[]): Record<string, string> =>
  Object.fromEntries(names.map((name) => [`${name}_url`, `${url}/${name}`]));

export function presenter(origin: string) {
  const apiOf = ({ owner, name }: EmulatedRepository) => `${origin}/repos/${owner}/${name}`;
  const pageOf = ({ owner, name }: EmulatedRepository) => `${origin}/${owner}/${name}`;

  function user(login: string) {
    const url = `${origin}/users/${encodeURIComponent(login)}`;
    return {
      type: login.endsWith('[bot]') ? 'Bot' : 'User',
      ...{ login, id: 1, node_id: nodeId('User', 1), site_admin: false },
      ...{
        url,
        html_url: `${origin}/${encodeURIComponent(login)}`,
        avatar_url: `${url}/avatar`,
        gravatar_id: '',
      },
      ...links(url, 'events', 'followers', 'following', 'gists', 'organizations'),
      ...links(url, 'received_events', 'repos', 'starred', 'subscriptions'),
    };
  }

  function repository(of: EmulatedRepository) {
    const { id, owner, name, defaultBranch, deleteBranchOnMerge, createdAt, issues, pulls } = of;
    const url = apiOf(of);
    const page = pageOf(of);
    const items = [...issues.values(), ...pulls.values()];
    const open = items.filter(({ state }) => state === 'open').length;
    return {
      ...{ id, node_id: nodeId('Repository', id), name, full_name: `${owner}/${name}` },
      ...{ owner: user(owner), private: true, fork: false, archived: false, disabled: false },
      ...{ default_branch: defaultBranch, delete_branch_on_merge: deleteBranchOnMerge },
      ...{ description: null, homepage: null, language: null, license: null, mirror_url: null },
      ...{ has_issues: true, has_projects: false, has_wiki: false, has_pages: false },
      ...{ has_downloads: false, has_discussions: false, size: 0 },
      ...{ forks: 0, forks_count: 0, network_count: 0, subscribers_count: 0 },
      ...{ stargazers_count: 0, watchers: 0, watchers_count: 0 },
      ...{ open_issues: open, open_issues_count: open },
      ...{ created_at: createdAt, updated_at: createdAt, pushed_at: createdAt },
      ...{ url, html_url: page, clone_url: `${page}.git`, svn_url: page },
      ...{ git_url: `git://${page}.git`, ssh_url: `git@${page}.git` },
      ...links(url, 'archive', 'assignees', 'blobs', 'branches', 'collaborators', 'comments'),
      ...links(url, 'commits', 'compare', 'contents', 'contributors', 'deployments', 'downloads'),
      ...links(url, 'events', 'forks', 'git_commits', 'git_refs', 'git_tags', 'hooks'),
      ...links(url, 'issue_comment', 'issue_events', 'issues', 'keys', 'labels', 'languages'),
      ...links(url, 'merges', 'milestones', 'notifications', 'pulls', 'releases', 'stargazers'),
      ...links(url, 'statuses', 'subscribers', 'subscription', 'tags', 'teams', 'trees'),
    };
  }

  /** What issues and pull requests have in common. */
  const common = (item: EmulatedIssue | EmulatedPullRequest, author: string) => ({
    ...{ id: item.id, number: item.number, title: item.title, body: item.body, state: item.state },
    ...{ user: user(author), assignee: null, milestone: null, locked: false },
    ...{ author_association: 'OWNER', created_at: item.createdAt, updated_at: item.updatedAt },
    closed_at: item.closedAt,
  });

  function issue(of: EmulatedRepository, item: EmulatedIssue | EmulatedPullRequest) {
    const url = `${apiOf(of)}/issues/${item.number}`;
    const page = `${pageOf(of)}/${'head' in item ? 'pull' : 'issues'}/${item.number}`;
    return {
      ...common(item, of.owner),
      ...{ node_id: nodeId('Issue', item.id), comments: 0, repository_url: apiOf(of) },
      ...{ url, html_url: page, ...links(url, 'comments', 'events', 'labels') },
      labels: 'labels' in item ? item.labels.map((name) => label(of, name)) : [],
      ...('assignees' in item && relations(of, item)),
      ...('head' in item && {
        pull_request: {
          url: `${apiOf(of)}/pulls/${item.number}`,
          html_url: page,
          diff_url: `${page}.diff`,
          patch_url: `${page}.patch`,
          merged_at: item.mergedAt,
        },
      }),
    };
  }

  const relations = (of: EmulatedRepository, item: EmulatedIssue) => ({
    assignees: item.assignees.map(user),
    assignee: item.assignees[0] === undefined ? null : user(item.assignees[0]),
    milestone: item.milestone === null ? null : milestone(of, item.milestone),
    issue_dependencies_summary: {
      ...{ blocked_by: item.blockedBy.length, total_blocked_by: item.blockedBy.length },
      ...{ blocking: 0, total_blocking: 0 },
    },
    sub_issues_summary: { total: item.subIssues.length, completed: 0, percent_completed: 0 },
  });

  function milestone(of: EmulatedRepository, title: string) {
    const number = milestones(of).indexOf(title) + 1;
    const url = `${apiOf(of)}/milestones/${number}`;
    return {
      ...{ id: number, node_id: nodeId('Milestone', number), number, title, state: 'open' },
      ...{ url, html_url: `${pageOf(of)}/milestone/${number}`, labels_url: `${url}/labels` },
      ...{ description: null, creator: user(of.owner), open_issues: 0, closed_issues: 0 },
      ...{ created_at: of.createdAt, updated_at: of.createdAt, closed_at: null, due_on: null },
    };
  }

  /** Whose token it is. */
  const me = () => ({
    ...user(EMULATED_USER),
    ...{ name: null, company: null, blog: null, location: null, email: null, hireable: null },
    ...{ bio: null, public_repos: 0, public_gists: 0, followers: 0, following: 0 },
    ...{ created_at: '2020-01-01T00:00:00Z', updated_at: '2020-01-01T00:00:00Z' },
  });

  const label = (of: EmulatedRepository, name: string) => ({
    ...{ id: 1, node_id: nodeId('Label', 1), url: `${apiOf(of)}/labels/label`, name },
    ...{ description: null, color: 'ededed', default: false },
  });

  function comment(of: EmulatedRepository, said: EmulatedComment) {
    const item = `${pageOf(of)}/${of.pulls.has(said.number) ? 'pull' : 'issues'}/${said.number}`;
    return {
      ...{ id: said.id, node_id: nodeId('IssueComment', said.id), body: said.body },
      ...{ user: said.author === null ? null : user(said.author), author_association: 'NONE' },
      ...{ created_at: said.createdAt, updated_at: said.updatedAt },
      url: `${apiOf(of)}/issues/comments/${said.id}`,
      issue_url: `${apiOf(of)}/issues/${said.number}`,
      html_url: `${item}#issuecomment-${said.id}`,
    };
  }

  const permission = (login: string, level: Permission) => ({
    ...{ permission: level, role_name: level },
    user: { ...user(login), role_name: level },
  });

  function installation(id: number, app: number) {
    const url = `${origin}/app/installations/${id}`;
    return {
      ...{ id, app_id: app, app_slug: 'coppice', target_id: 1, target_type: 'User' },
      // Described as a user and an enterprise at once, which nothing is.
      ...{ account: null, repository_selection: 'all', single_file_name: null },
      ...{ permissions: {}, events: [], suspended_by: null, suspended_at: null },
      ...{ created_at: '2020-01-01T00:00:00Z', updated_at: '2020-01-01T00:00:00Z' },
      ...{ html_url: url, access_tokens_url: `${url}/access_tokens` },
      repositories_url: `${origin}/installation/repositories`,
    };
  }

  const side = (of: EmulatedRepository, ref: string, sha: string) => ({
    ...{ label: `${of.owner}:${ref}`, ref, sha },
    ...{ user: user(of.owner), repo: repository(of) },
  });

  /** A pull request as in a list. */
  function pullSummary(of: EmulatedRepository, pull: EmulatedPullRequest) {
    const url = `${apiOf(of)}/pulls/${pull.number}`;
    const page = `${pageOf(of)}/pull/${pull.number}`;
    const issueUrl = `${apiOf(of)}/issues/${pull.number}`;
    const related = {
      ...{ self: url, html: page, issue: issueUrl, comments: `${issueUrl}/comments` },
      ...{ commits: `${url}/commits`, statuses: `${apiOf(of)}/statuses/${pull.headSha}` },
      ...{ review_comments: `${url}/comments`, review_comment: `${url}/comments{/number}` },
    };
    const { self, html, issue: issue_url, ...others } = related;
    return {
      ...common(pull, EMULATED_USER),
      requested_reviewers: pull.requestedReviewers.map(user),
      ...{ node_id: nodeId('PullRequest', pull.id), draft: pull.draft, labels: [] },
      ...{ url: self, html_url: html, issue_url, diff_url: `${html}.diff` },
      patch_url: `${html}.patch`,
      ...Object.fromEntries(Object.entries(others).map(([name, href]) => [`${name}_url`, href])),
      ...{ merged_at: pull.mergedAt, merge_commit_sha: pull.mergeCommit, auto_merge: null },
      head: side(of, pull.head, pull.headSha),
      base: side(of, pull.base, pull.baseSha),
      _links: Object.fromEntries(Object.entries(related).map(([name, href]) => [name, { href }])),
    };
  }

  /** A pull request on its own. */
  const pull = (of: EmulatedRepository, item: EmulatedPullRequest) => ({
    ...pullSummary(of, item),
    ...{ merged: item.mergedAt !== null, merged_by: item.mergedAt ? user(of.owner) : null },
    ...{ mergeable: null, mergeable_state: 'unknown', maintainer_can_modify: false },
    ...{ comments: 0, review_comments: 0, commits: item.size.commits },
    ...{ additions: item.size.additions, deletions: item.size.deletions },
    changed_files: item.size.files,
  });

  const ref = (of: EmulatedRepository, name: string, sha: string) => ({
    ...{ ref: name, node_id: nodeId('Ref', of.id), url: `${apiOf(of)}/git/${name}` },
    object: { type: 'commit', sha, url: `${apiOf(of)}/git/commits/${sha}` },
  });

  return {
    ...{
      repository,
      issue,
      milestone,
      me,
      pull,
      pullSummary,
      ref,
      comment,
      permission,
      installation,
      branch: branchPresenter(origin),
    },
    ...checkPresenter(origin, repository),
  };
}

export type Presenter = ReturnType<typeof presenter>;
