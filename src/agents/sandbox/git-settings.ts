import { execa } from 'execa';

/**
 * Sections of the person's git configuration that programs in the sandbox get. Sections that may contain a
 * token are not among them.
 */
const SECTIONS = new Set([
  ...['author', 'branch', 'color', 'column', 'commit', 'committer', 'diff', 'feature', 'fetch'],
  ...['filter', 'format', 'i18n', 'index', 'init', 'log', 'merge', 'pack', 'pull', 'rebase'],
  ...['rerere', 'safe', 'status', 'submodule', 'user'],
]);

/** Keys of the section `core` that say how files are treated. The others name programs. */
const CORE =
  /^core\.(abbrev|attributesfile|autocrlf|eol|excludesfile|filemode|ignorecase|longpaths|precomposeunicode|quotepath|safecrlf|symlinks|whitespace)$/;

export interface GitSettings {
  /** The text of a git configuration file. */
  readonly text: string;
  /** Paths of files that it names. */
  readonly files: readonly string[];
}

/** The part of the person's global git configuration that programs in the sandbox get. */
export async function gitSettings(env: NodeJS.ProcessEnv, home: string): Promise<GitSettings> {
  const { stdout } = await execa('git', ['config', '--global', '--includes', '--list', '-z'], {
    cwd: '/',
    env: { PATH: env.PATH, HOME: home, XDG_CONFIG_HOME: env.XDG_CONFIG_HOME },
    extendEnv: false,
    // git may fail, because there is no configuration, or no git.
    reject: false,
    stripFinalNewline: false,
  });
  return parse(stdout ?? '', home);
}

/**
 * Parses git's list of settings.
 * @param listed the output of `git config --list -z`: for each setting its key, a newline, its value and NUL
 */
function parse(listed: string, home: string): GitSettings {
  const files: string[] = [];
  const lines = listed.split('\0').flatMap((entry) => {
    const at = entry.indexOf('\n');
    const [key, value] = at < 0 ? [entry, 'true'] : [entry.slice(0, at), entry.slice(at + 1)];
    const [section = '', name = '', subsection] = partsOf(key);
    if (!(CORE.test(key) || SECTIONS.has(section))) return [];
    const path = value.replace(/^~\//, `${home}/`);
    if (/file$/.test(name)) files.push(path);
    const title = subsection === undefined ? section : `${section} ${quoted(subsection)}`;
    return [`[${title}]\n\t${name} = ${quoted(/file$/.test(name) ? path : value)}\n`];
  });
  return { text: lines.join(''), files };
}

/** Section, name and subsection: `filter.lfs.clean` is `[filter "lfs"] clean`. */
function partsOf(key: string): [string, string, string?] {
  const [first, last] = [key.indexOf('.'), key.lastIndexOf('.')];
  const [section, name] = [key.slice(0, first), key.slice(last + 1)];
  return first === last ? [section, name] : [section, name, key.slice(first + 1, last)];
}

const quoted = (text: string): string =>
  `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n').replaceAll('\t', '\\t')}"`;
