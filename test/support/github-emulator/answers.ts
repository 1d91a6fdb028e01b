export interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** One of the reasons in a 422, as GitHub writes them. */
export interface ValidationReason {
  readonly resource: string;
  readonly code: 'invalid' | 'custom' | 'missing';
  readonly field?: string;
  readonly message?: string;
}

/** A refusal in GitHub's own shape. */
export class ApiError extends Error {
  readonly answer: Answer;

  constructor(status: number, message: string, errors?: readonly ValidationReason[]) {
    super(message);
    this.answer = {
      status,
      body: {
        message,
        ...(errors && { errors }),
        documentation_url: 'https://docs.github.com/rest',
        status: String(status),
      },
    };
  }
}

export const ok = (body: unknown, status = 200): Answer => ({ status, body });

export const notFound = (): ApiError => new ApiError(404, 'Not Found');

export const validationFailed = (reason: Omit<ValidationReason, 'resource'>): ApiError =>
  new ApiError(422, 'Validation Failed', [{ resource: 'PullRequest', ...reason }]);

/** One page of a list, with GitHub's `Link` header to the others. */
export function page(
  items: readonly unknown[],
  { per_page = 30, page: number = 1 }: { per_page?: number; page?: number },
  url: string,
): Answer {
  const last = Math.max(1, Math.ceil(items.length / per_page));
  const link = (to: number, rel: string) => {
    const target = new URL(url);
    target.searchParams.set('page', String(to));
    return `<${target}>; rel="${rel}"`;
  };
  const links = [
    ...(number > 1 ? [link(number - 1, 'prev'), link(1, 'first')] : []),
    ...(number < last ? [link(number + 1, 'next'), link(last, 'last')] : []),
  ];
  return {
    status: 200,
    body: items.slice((number - 1) * per_page, number * per_page),
    ...(links.length > 0 && { headers: { link: links.join(', ') } }),
  };
}
