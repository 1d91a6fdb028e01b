/** Where the server itself listens: a socket in a directory of its owner's, or, without a namespace of its own, a port of loopback. */
export type Inner = { readonly path: string } | { readonly host: string; readonly port: number };
