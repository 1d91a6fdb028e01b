import { nodeId } from './node-id.ts';
import type { EmulatedRepository } from './state.ts';

/** How GitHub writes down a branch, to anybody who may read it: what its protection requires is among it. */
export function branchPresenter(origin: string) {
  return function branch(of: EmulatedRepository, name: string, sha: string) {
    const api = `${origin}/repos/${of.owner}/${of.name}`;
    const page = `${origin}/${of.owner}/${of.name}`;
    const contexts = of.protections
      .filter((protection) => protection.branch === name)
      .flatMap(({ checks }) => checks);
    const url = `${api}/commits/${sha}`;
    const isProtected = contexts.length > 0;
    const person = { name: 'P', email: 'p@example.com', date: of.createdAt };
    return {
      name,
      commit: {
        ...{ url, sha, node_id: nodeId('Commit', 1), html_url: `${page}/commit/${sha}` },
        ...{ comments_url: `${url}/comments`, author: null, committer: null, parents: [] },
        commit: {
          ...{ author: person, committer: person, message: '', comment_count: 0, url },
          tree: { sha, url: `${api}/git/trees/${sha}` },
        },
      },
      _links: { self: `${api}/branches/${name}`, html: `${page}/tree/${name}` },
      protected: isProtected,
      protection: {
        enabled: isProtected,
        required_status_checks: {
          ...{ enforcement_level: isProtected ? 'non_admins' : 'off', contexts },
          checks: contexts.map((context) => ({ context, app_id: null })),
        },
      },
      protection_url: `${api}/branches/${name}/protection`,
    };
  };
}
