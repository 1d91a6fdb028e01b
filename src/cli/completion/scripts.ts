/** Shells for which there is a completion script. */
export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

/** Each asks `coppice complete` with the words so far, the last of which is begun; it answers a candidate a line, with a tab before its description. */
const SCRIPTS: Readonly<Record<Shell, string>> = {
  bash: `# coppice completion bash >> ~/.bashrc
_coppice() {
  local IFS=$'\\n'
  COMPREPLY=($(compgen -W "$(coppice complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null | cut -f1)" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _coppice coppice

# Goes to the worktree of a session.
coppice-cd() {
  cd "$(coppice cd "$1")" || return
}`,
  zsh: `#compdef coppice
# coppice completion zsh >> ~/.zshrc
_coppice() {
  local -a candidates
  candidates=("\${(@f)$(coppice complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null | sed -e 's/:/\\\\:/g' -e $'s/\\t/:/')}")
  [[ -n "$candidates" ]] && _describe coppice candidates
}
(( $+functions[compdef] )) && compdef _coppice coppice

# Goes to the worktree of a session.
coppice-cd() {
  cd "$(coppice cd "$1")"
}`,
  fish: `# coppice completion fish > ~/.config/fish/completions/coppice.fish
function __coppice_complete
  set -l words (commandline -opc) (commandline -ct)
  coppice complete -- $words[2..-1] 2>/dev/null
end
complete -c coppice -f -a '(__coppice_complete)'

# Goes to the worktree of a session.
function coppice-cd
  cd (coppice cd $argv[1])
end`,
};

/** The script with which a shell completes coppice's commands. */
export const completionScript = (shell: Shell): string => SCRIPTS[shell];
