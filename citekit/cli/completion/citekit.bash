# bash completion of citekit; installed by: citekit --install-completion bash
_citekit_completion() {
    local line
    COMPREPLY=()
    while IFS= read -r line; do
        COMPREPLY+=("$line")
    done < <(env COMP_WORDS="$(printf '%s\n' "${COMP_WORDS[@]}")" COMP_CWORD="$COMP_CWORD" \
        _CITEKIT_COMPLETE=complete_bash "$1" 2>/dev/null)
}
complete -o default -F _citekit_completion citekit
